from __future__ import annotations

import asyncio
import os
import signal
import socket

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.operating.process import AddressInUse, _open_socket, catch_stop_signals, serve_http


async def hello(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


@pytest.fixture
def app() -> Starlette:
    return Starlette(routes=[Route("/", hello)])


@pytest.mark.parametrize("one", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_asks_to_stop(one: signal.Signals) -> None:
    with catch_stop_signals() as stop:
        assert not stop.is_set()
        os.kill(os.getpid(), one)
        async with asyncio.timeout(10):
            await stop.wait()


async def test_a_server_answers_as_soon_as_it_is_entered_and_not_after(app: Starlette) -> None:
    async with httpx.AsyncClient() as http:
        async with serve_http(app, host="127.0.0.1", port=0) as port:
            assert (await http.get(f"http://127.0.0.1:{port}/")).text == "hello"
        with pytest.raises(httpx.ConnectError):
            await http.get(f"http://127.0.0.1:{port}/")


async def test_an_address_that_is_taken_is_a_sentence(app: Starlette) -> None:
    async with serve_http(app, host="127.0.0.1", port=0) as port:
        with pytest.raises(AddressInUse, match=rf"^port {port} at 127.0.0.1 cannot be used \(Address already in use\)"):
            async with serve_http(app, host="127.0.0.1", port=port):
                raise AssertionError("there are two servers at one address")


def test_an_answer_waits_for_no_acknowledgement() -> None:
    with _open_socket("127.0.0.1", 0) as listening:
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), "what is accepted inherits it"


async def test_what_is_being_answered_is_answered_before_the_end() -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_request: Request) -> PlainTextResponse:
        asked.set()
        await go_on.wait()
        return PlainTextResponse("at last")

    async with httpx.AsyncClient() as http:
        async with serve_http(Starlette(routes=[Route("/", slow)]), host="127.0.0.1", port=0) as port:
            answer = asyncio.create_task(http.get(f"http://127.0.0.1:{port}/"))
            await asked.wait()
            asyncio.get_running_loop().call_soon(go_on.set)
        assert (await answer).text == "at last"
