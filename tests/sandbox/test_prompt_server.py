"""How it ends: nothing that it accepted stays open, whenever that was and whether or not its client reads."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, Router

from sandbox.prompt_server import PromptServer


async def _answer(request: Request) -> Response:
    return PlainTextResponse("x" * int(request.query_params["length"]))


@contextlib.asynccontextmanager
async def _serve(client: socket.socket) -> AsyncIterator[None]:
    """The `client` is connected; the server ends with the block."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)  # noqa: FBT003 - the standard library wants it so
    app = Router([Route("/", _answer)])
    config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=0)
    async with PromptServer(config).serving([listening]):
        client.connect(listening.getsockname())
        client.setblocking(False)  # noqa: FBT003 - the standard library wants it so
        yield


async def _read_to_the_end(client: socket.socket) -> int:
    """How many bytes there were."""
    loop, length = asyncio.get_running_loop(), 0
    with contextlib.suppress(ConnectionResetError):
        async with asyncio.timeout(10):
            while some := await loop.sock_recv(client, 1 << 20):
                length += len(some)
    return length


@pytest.mark.parametrize("turns", range(8))
async def test_whoever_comes_while_it_ends_is_sent_away(turns: int) -> None:
    with socket.socket() as client:
        async with _serve(client):
            for _ in range(turns):
                await asyncio.sleep(0)
        await _read_to_the_end(client)


async def test_whoever_does_not_read_is_cut_off() -> None:
    loop, length = asyncio.get_running_loop(), 50_000_000
    with socket.socket() as client:
        async with _serve(client):
            await loop.sock_sendall(client, f"GET /?length={length} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
            await loop.sock_recv(client, 1)
        assert await _read_to_the_end(client) < length
