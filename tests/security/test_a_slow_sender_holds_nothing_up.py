"""Whoever sends slowly, or half of a request, is let go, and everybody else is answered meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request

from bot.metrics import Metrics
from bot.operating.process import serve_http
from bot.operating.request_limits import LimitedHttpProtocol
from bot.web import request_body, routes
from bot.web.circleci_endpoint import CircleCIEndpoint
from bot.web.health_endpoint import HealthEndpoint
from bot.web.install_endpoint import InstallEndpoint
from bot.web.slack_endpoint import SlackEndpoint
from tests.web.conftest import NOW, Nobody, StandingClock, _bolt, _no_readings

HALF_A_HEADER = b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nX-Slack-Signa"
NO_SIGNATURE = b"POST %s HTTP/1.1\r\nHost: bot\r\nContent-Length: 1000\r\n\r\n"
SLACK = (
    b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Length: 1000\r\n"
    b"X-Slack-Request-Timestamp: %d\r\nX-Slack-Signature: v0=%s\r\n\r\n"
)
HALF_A_BODY = SLACK % (int(NOW.timestamp()), b"0" * 64) + b"token="
HALF_A_WEBHOOK = (
    b"POST /circleci/webhook HTTP/1.1\r\nHost: bot\r\nContent-Length: 1000\r\n"
    b"circleci-signature: v1=" + b"0" * 64 + b'\r\n\r\n{"id":'
)
STALE = SLACK % (int(NOW.timestamp()) - 301, b"0" * 64)


class Patient(LimitedHttpProtocol):
    """No test waits for the end of its patience."""

    within_s = 600.0
    most_connections = 30


class Hasty(LimitedHttpProtocol):
    within_s = 0.2


@contextlib.asynccontextmanager
async def a_door(protocol: type[LimitedHttpProtocol]) -> AsyncIterator[int]:
    clock = StandingClock()
    app = routes.build_app(
        slack=SlackEndpoint(bolt=_bolt(), signing_secret="secret", clock=clock),
        install=InstallEndpoint(None),
        circleci=CircleCIEndpoint(secret="secret", receiver=Nobody()),
        health=HealthEndpoint(checks={}, metrics=Metrics(), read=_no_readings),
    )
    async with asyncio.timeout(60), serve_http(app, host="127.0.0.1", port=0, protocol=protocol) as port:
        yield port


@contextlib.asynccontextmanager
async def sending(port: int, text: bytes) -> AsyncIterator[asyncio.StreamReader]:
    """Somebody who says this, and then nothing more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text)
    try:
        yield reader
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def rest_of(reader: asyncio.StreamReader) -> bytes:
    """Until the connection ends, in whichever way."""
    said = b""
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(65_536):
            said += chunk
    return said


@pytest.mark.parametrize("half", [b"", b"P", HALF_A_HEADER, HALF_A_BODY, HALF_A_WEBHOOK])
async def test_half_a_request_is_not_waited_for(half: bytes) -> None:
    async with a_door(Hasty) as port, sending(port, half) as reader:
        assert b"200" not in await rest_of(reader)


async def test_the_second_request_of_a_connection_has_no_longer() -> None:
    whole = b"GET /healthz HTTP/1.1\r\nHost: bot\r\n\r\n"
    async with a_door(Hasty) as port, sending(port, whole + HALF_A_HEADER) as reader:
        assert (await rest_of(reader)).count(b"200 OK") == 1


async def test_health_is_told_and_newcomers_get_in_however_many_have_sent_half() -> None:
    async with a_door(Patient) as port, contextlib.AsyncExitStack() as stack:
        halves = [HALF_A_HEADER, HALF_A_BODY, HALF_A_WEBHOOK]
        readers = [await stack.enter_async_context(sending(port, halves[number % 3])) for number in range(100)]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            assert (await http.get("/healthz")).status_code == 200
            assert (await http.post("/slack/events", content=b"x")).status_code == 401
        assert await ended(readers[:70]) == 70


async def test_of_those_who_begin_at_the_same_moment_each_newcomer_ends_one_the_oldest_first() -> None:
    """They connect before the event loop goes on, which then finds all of them at once."""
    async with a_door(Patient) as port, contextlib.AsyncExitStack() as stack:
        at_once = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(100)]
        for one in at_once:
            one.settimeout(0)
        await asyncio.gather(*map(be_let_go, at_once[:70]))
        for one in at_once[70:]:
            with pytest.raises(BlockingIOError):
                one.recv(1)


async def be_let_go(connection: socket.socket) -> None:
    with contextlib.suppress(ConnectionError):
        assert await asyncio.get_running_loop().sock_recv(connection, 1) == b""


async def ended(readers: list[asyncio.StreamReader]) -> int:
    return len(await asyncio.gather(*map(rest_of, readers)))


@pytest.mark.parametrize("head", [NO_SIGNATURE % b"/slack/events", NO_SIGNATURE % b"/circleci/webhook", STALE])
async def test_what_cannot_be_signed_is_refused_before_its_body_is_read(head: bytes) -> None:
    async with a_door(Patient) as port, sending(port, head) as reader:
        assert (await rest_of(reader)).startswith(b"HTTP/1.1 401 ")


async def test_a_body_that_announces_too_much_is_refused_before_it_is_read() -> None:
    long = HALF_A_BODY.replace(b"Content-Length: 1000", b"Content-Length: 1000001")
    async with a_door(Patient) as port, sending(port, long) as reader:
        assert (await rest_of(reader)).startswith(b"HTTP/1.1 413 ")


async def test_headers_without_end_are_cut_off() -> None:
    endless = HALF_A_HEADER + b"x" * 10_000_000
    async with a_door(Patient) as port, sending(port, endless) as reader:
        assert await rest_of(reader) == b""


async def test_reading_a_body_has_an_end_by_itself_and_one_whose_sender_goes_is_no_crash() -> None:
    async def never() -> Any:
        await asyncio.Event().wait()

    async def gone() -> Any:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    for receive, status in ((never, 408), (gone, 400)):
        with pytest.raises(request_body.BodyError) as unread:
            await request_body.read_limited(Request(scope, receive), within_s=0.01)
        assert unread.value.answer.status_code == status
