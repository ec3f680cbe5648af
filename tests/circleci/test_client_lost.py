"""Every way to lose an answer, walked over the exception trees beneath: each becomes Unavailable."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import aiohttp
import httpx
import pytest

from bot.circleci.client import CircleCI, CircleCIPool
from bot.domain import ProjectSlug
from bot.errors import Unavailable

WEB = ProjectSlug("gh", "acme", "web")


class Raising(httpx.AsyncBaseTransport):
    def __init__(self, error: Exception) -> None:
        self.error = error

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise self.error


def _instance(kind: type[Exception]) -> Exception:
    return kind.__new__(kind)  # their constructors differ, and none of them matters here


def _of_httpx() -> Iterator[type[Exception]]:
    for name in httpx.__all__:
        thing = getattr(httpx, name)
        if inspect.isclass(thing) and issubclass(thing, Exception):
            yield thing


def _of_aiohttp(kind: type[Exception] = aiohttp.ClientError) -> Iterator[type[Exception]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _of_aiohttp(below)


LOST = [*_of_httpx(), *_of_aiohttp(), TimeoutError, ConnectionResetError, OSError]


def test_the_walk_over_the_exceptions_sees_them_all() -> None:
    assert {httpx.ReadTimeout, httpx.InvalidURL, httpx.StreamConsumed, httpx.CookieConflict} <= set(LOST)
    assert {aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError, aiohttp.InvalidURL} <= set(LOST)
    assert len(set(LOST)) > 45


@pytest.mark.parametrize("kind", LOST, ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_every_exception_beneath_is_unavailable(kind: type[Exception], method: str, naps: list[float]) -> None:
    async def nap(seconds: float) -> None:
        naps.append(seconds)

    pool = CircleCIPool("https://circleci.test", transport=Raising(_instance(kind)), sleep=nap)
    with pytest.raises(Unavailable) as raised:
        await pool.bind("CCIPAT_ada").request("me", method=method)
    await pool.close()
    assert raised.value.message.startswith(("CircleCI could not be reached", "CircleCI did not", "The connection to"))


@pytest.mark.parametrize(
    "kind", [*_of_httpx(), *_of_aiohttp()], ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}"
)
async def test_every_exception_beneath_an_output_is_unavailable(kind: type[Exception], naps: list[float]) -> None:
    async def nap(seconds: float) -> None:
        naps.append(seconds)

    pool = CircleCIPool("https://circleci.test", transport=Raising(_instance(kind)), sleep=nap)
    with pytest.raises(Unavailable):
        await pool.bind("CCIPAT_ada").fetch_output("https://store.test/1?sig=s")
    await pool.close()


@pytest.mark.parametrize("text", ["branch\ud800", "\udfff"])
async def test_text_that_no_wire_can_carry_never_went_out(circleci: CircleCI, text: str) -> None:
    with pytest.raises(Unavailable) as raised:
        await circleci.trigger_pipeline(WEB, branch=text)
    assert raised.value.unknown is False
