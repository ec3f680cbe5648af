"""What is asked again and what is not, seen from outside: how many requests go out, and how long is waited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import httpx
import pytest
from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI, CircleCIPool
from bot.circleci.retry_policy import is_timeout, is_unsent
from bot.errors import RateLimited, Unavailable

ME = {"id": "1", "login": "ada"}
WAIT = {"Retry-After": "3"}


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_a_read_is_tried_again(circleci: CircleCI, httpx_mock: HTTPXMock, naps: list[float], status: int) -> None:
    httpx_mock.add_response(status_code=status, headers=WAIT)
    httpx_mock.add_response(json=ME)
    assert (await circleci.fetch_me()).login == "ada"
    assert naps == [3.0]


async def test_without_a_retry_after_the_wait_grows_with_jitter(
    circleci: CircleCI, httpx_mock: HTTPXMock, naps: list[float]
) -> None:
    httpx_mock.add_response(status_code=502, is_reusable=True)
    with pytest.raises(Unavailable):
        await circleci.fetch_me()
    assert len(naps) == 3
    for nap, longest in zip(naps, (1, 2, 4), strict=True):
        assert longest / 2 <= nap <= longest
    assert len(httpx_mock.get_requests()) == 4


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("cut"),
    ],
)
async def test_a_read_survives_a_broken_connection(
    circleci: CircleCI, httpx_mock: HTTPXMock, error: httpx.TransportError
) -> None:
    httpx_mock.add_exception(error)
    httpx_mock.add_response(json=ME)
    assert (await circleci.fetch_me()).login == "ada"


async def test_a_read_that_gets_no_answer_in_20_s_is_not_asked_again(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_exception(httpx.ReadTimeout("silence"))
    with pytest.raises(Unavailable, match="did not answer in time"):
        await circleci.fetch_me()
    assert len(httpx_mock.get_requests()) == 1


async def test_a_write_is_tried_again_when_circleci_says_that_it_was_too_fast(
    circleci: CircleCI, httpx_mock: HTTPXMock, naps: list[float]
) -> None:
    httpx_mock.add_response(status_code=429, headers=WAIT)
    httpx_mock.add_response(status_code=202, json={"workflow_id": "w-2"})
    assert await circleci.rerun_workflow("w-1") == "w-2"
    assert naps == [3.0]


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.PoolTimeout("full")]
)
async def test_a_write_is_tried_again_when_it_never_went_out(
    circleci: CircleCI, httpx_mock: HTTPXMock, error: httpx.TransportError
) -> None:
    httpx_mock.add_exception(error)
    httpx_mock.add_response(status_code=202, json={"workflow_id": "w-2"})
    assert await circleci.rerun_workflow("w-1") == "w-2"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_write_that_circleci_may_have_begun_is_never_repeated(
    circleci: CircleCI, httpx_mock: HTTPXMock, status: int, naps: list[float]
) -> None:
    httpx_mock.add_response(status_code=status, headers=WAIT)
    with pytest.raises(Unavailable) as raised:
        await circleci.rerun_workflow("w-1")
    assert raised.value.unknown is True
    assert (len(httpx_mock.get_requests()), naps) == (1, [])


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout("t"),
        httpx.ReadError("r"),
        httpx.WriteError("w"),
        httpx.WriteTimeout("w"),
        httpx.RemoteProtocolError("p"),
    ],
)
async def test_a_write_whose_answer_was_lost_is_never_repeated(
    circleci: CircleCI, httpx_mock: HTTPXMock, error: httpx.TransportError
) -> None:
    httpx_mock.add_exception(error)
    with pytest.raises(Unavailable) as raised:
        await circleci.approve_job("w-1", "a-1")
    assert raised.value.unknown is True
    assert len(httpx_mock.get_requests()) == 1


async def test_a_write_that_never_went_out_is_not_unknown(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_exception(httpx.ConnectError("refused"), is_reusable=True)
    with pytest.raises(Unavailable) as raised:
        await circleci.cancel_workflow("w-1")
    assert raised.value.unknown is False
    assert raised.value.message == "CircleCI could not be reached."
    assert len(httpx_mock.get_requests()) == 4


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_asked_to_wait_too_long_it_gives_up_at_once(
    circleci: CircleCI, httpx_mock: HTTPXMock, naps: list[float], method: str
) -> None:
    httpx_mock.add_response(status_code=429, headers={"Retry-After": "90", "x-request-id": "r-9"})
    with pytest.raises(RateLimited) as raised:
        await circleci.request("me", method=method)
    assert (raised.value.retry_after_s, raised.value.request_id) == (90.0, "r-9")
    assert (len(httpx_mock.get_requests()), naps) == (1, [])


async def test_the_waits_together_stay_below_20_s(circleci: CircleCI, httpx_mock: HTTPXMock, naps: list[float]) -> None:
    httpx_mock.add_response(status_code=429, headers={"Retry-After": "9"}, is_reusable=True)
    with pytest.raises(RateLimited) as raised:
        await circleci.fetch_me()
    assert naps == [9.0, 9.0]
    assert raised.value.retry_after_s == 9.0


async def test_a_503_that_asks_for_minutes_is_unavailable_at_once(
    circleci: CircleCI, httpx_mock: HTTPXMock, naps: list[float]
) -> None:
    httpx_mock.add_response(status_code=503, headers={"Retry-After": "600"})
    with pytest.raises(Unavailable) as raised:
        await circleci.fetch_me()
    assert (raised.value.status, naps) == (503, [])


async def test_after_three_more_tries_the_last_refusal_counts(
    circleci: CircleCI, httpx_mock: HTTPXMock, naps: list[float]
) -> None:
    httpx_mock.add_response(status_code=429, headers={"Retry-After": "0"}, is_reusable=True)
    with pytest.raises(RateLimited) as raised:
        await circleci.fetch_me()
    assert raised.value.retry_after_s == 0.0
    assert (len(httpx_mock.get_requests()), naps) == (4, [0.0, 0.0, 0.0])


async def test_one_requests_patience_is_not_spent_on_the_next(
    circleci: CircleCI, httpx_mock: HTTPXMock, naps: list[float]
) -> None:
    for _ in range(3):
        httpx_mock.add_response(status_code=429, headers={"Retry-After": "15"})
        httpx_mock.add_response(json=ME)
        await circleci.fetch_me()
    assert naps == [15.0, 15.0, 15.0]


async def test_refusals_that_will_not_change_are_not_asked_again(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=404)
    assert await circleci.list_workflow_jobs("w-1") is None
    assert len(httpx_mock.get_requests()) == 1


def _caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def test_the_aiohttp_transport_calls_a_lost_connection_a_connect_timeout_and_we_do_not() -> None:
    lost = _caused(httpx.ConnectTimeout("Server disconnected"), aiohttp.ServerDisconnectedError())
    assert not is_unsent(lost)
    assert not is_timeout(lost)
    assert is_unsent(_caused(httpx.ConnectTimeout("x"), aiohttp.ConnectionTimeoutError()))
    assert is_unsent(
        _caused(httpx.ConnectError("x"), aiohttp.ClientConnectorError.__new__(aiohttp.ClientConnectorError))
    )
    assert not is_unsent(_caused(httpx.ReadTimeout("x"), aiohttp.SocketTimeoutError()))
    assert is_timeout(_caused(httpx.ReadTimeout("x"), aiohttp.SocketTimeoutError()))


async def test_a_body_that_breaks_each_time_leaves_no_answer_open() -> None:
    answers = _HalfAnswers(httpx.ReadError("reset"))
    with pytest.raises(Unavailable):
        await answers.asked_by("CCIPAT_ada")
    assert [body.closed for body in answers.bodies] == [True] * 4


async def test_who_is_cancelled_while_an_answer_comes_leaves_it_closed() -> None:
    answers = _HalfAnswers(asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await answers.asked_by("CCIPAT_ada")
    assert [body.closed for body in answers.bodies] == [True]


class _HalfAnswers(httpx.AsyncBaseTransport):
    """Every answer ends in its middle."""

    def __init__(self, end: BaseException) -> None:
        self.end = end
        self.bodies: list[_Half] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(_Half(self.end))
        return httpx.Response(200, stream=self.bodies[-1])

    async def asked_by(self, token: str) -> None:
        await CircleCIPool("https://circleci.test", transport=self, sleep=_at_once).bind(token).fetch_me()


class _Half(httpx.AsyncByteStream):
    def __init__(self, end: BaseException) -> None:
        self.end = end
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'{"id": '
        raise self.end

    async def aclose(self) -> None:
        self.closed = True


async def _at_once(_seconds: float) -> None:
    """Nobody waits."""
