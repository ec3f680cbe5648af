"""What CircleCI answers is read up to a limit, packed or unpacked, and refused beyond it, once, in a sentence."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable

import pytest

from bot.circleci.api_request import MOST_BYTES_OF_A_LIST, MOST_ITEMS, ApiResponse
from bot.circleci.transport import MOST_BYTES
from bot.domain import ProjectSlug
from bot.errors import Unavailable
from tests.circleci.test_transport import talking

WEB = ProjectSlug("gh", "acme", "web")
LOGIN = b'{"id": "1", "login": "%s"}'
LARGE = LOGIN % (b"a" * MOST_BYTES)


def said(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", "Content-Type: application/json", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked(body: bytes) -> bytes:
    parts = [body[start : start + 100_000] for start in range(0, len(body), 100_000)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


ANSWERS: dict[str, Callable[[], bytes]] = {
    "of a length that is told": lambda: said(LARGE, f"Content-Length: {len(LARGE)}"),
    "in chunks": lambda: said(chunked(LARGE), "Transfer-Encoding: chunked"),
    "until the connection ends": lambda: said(LARGE, "Connection: close"),
    "packed": lambda: said(gzip.compress(LARGE), "Content-Encoding: gzip", "Connection: close"),
    "packed otherwise": lambda: said(zlib.compress(LARGE), "Content-Encoding: DEFLATE", "Connection: close"),
    "a bomb": lambda: said(gzip.compress(b" " * 30 * MOST_BYTES), "Content-Encoding: gzip", "Connection: close"),
}
"""Made when they are needed: to collect tests need not pack anything."""


@pytest.mark.parametrize("build_answer", ANSWERS.values(), ids=ANSWERS.keys())
async def test_an_answer_that_is_too_large_is_refused_and_not_asked_for_again(
    build_answer: Callable[[], bytes],
) -> None:
    async with talking(build_answer()) as (server, circleci):
        with pytest.raises(Unavailable, match="too large to read"):
            await circleci.fetch_me()
    assert len(server.lines) == 1


async def test_of_a_write_whose_answer_is_too_large_nothing_is_known() -> None:
    async with talking(said(LARGE, f"Content-Length: {len(LARGE)}")) as (_server, circleci):
        with pytest.raises(Unavailable, match=r"too large to read.*unknown") as raised:
            await circleci.trigger_pipeline(WEB, branch="main")
    assert raised.value.unknown


async def test_an_answer_as_large_as_may_be_is_read() -> None:
    body = LOGIN % (b"a" * (MOST_BYTES - len(LOGIN) + 2))
    assert len(body) == MOST_BYTES
    async with talking(said(body, f"Content-Length: {len(body)}")) as (_server, circleci):
        assert (await circleci.fetch_me()).id == "1"


async def test_what_was_packed_as_nobody_asked_for_is_refused() -> None:
    packed = gzip.compress(gzip.compress(LOGIN % b"ada"))
    answers = [said(packed, "Content-Encoding: gzip, gzip", f"Content-Length: {len(packed)}")] * 4
    async with talking(*answers) as (_server, circleci):
        with pytest.raises(Unavailable):
            await circleci.fetch_me()


def page(token: int, *items: dict[str, str]) -> bytes:
    body = json.dumps({"items": items, "next_page_token": f"{token}"}).encode()
    return said(body, f"Content-Length: {len(body)}")


async def test_a_list_has_an_end_however_many_items_its_pages_hold() -> None:
    items = [{"name": f"test {number}"} for number in range(MOST_ITEMS + 1)]
    async with talking(page(1, *items)) as (server, circleci):
        assert len(await circleci.list_tests(WEB, 1)) == MOST_ITEMS
    assert len(server.lines) == 1


async def test_a_list_has_an_end_however_large_its_pages_are() -> None:
    large = {"name": "test", "message": "m" * (MOST_BYTES - 1000)}
    async with talking(*(page(number, large) for number in range(20))) as (server, circleci):
        await circleci.list_tests(WEB, 1)
    assert len(server.lines) == MOST_BYTES_OF_A_LIST // MOST_BYTES + 1


@pytest.mark.parametrize(
    "body", [b"[" * 1_000_000, b'{"id":' * 300_000, b'{"number":' + b"9" * 5000 + b"}", b'{"a":' + b"[" * 999]
)
def test_json_without_an_end_is_no_answer(body: bytes) -> None:
    with pytest.raises(Unavailable):
        ApiResponse(200, body, wrote=False, request_id=None).parse(dict)
