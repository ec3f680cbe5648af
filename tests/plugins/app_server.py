"""Starlette apps on real loopback ports, inside the test's own event loop."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from functools import cache
from typing import Any

import uvicorn

from sandbox.prompt_server import PromptServer


def open_socket() -> socket.socket:
    """A listening socket on a free port of loopback; the port is ours from here on."""
    listening = socket.create_server(("127.0.0.1", 0))
    # What is accepted inherits it; without it each answer on a connection that is kept waits 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.setblocking(False)  # noqa: FBT003 - the standard library wants it so
    return listening


@contextlib.asynccontextmanager
async def serve_app(app: Any, listening: socket.socket) -> AsyncIterator[str]:
    """Serve `app` while inside; yields its base URL. Open streams are cut on the way out."""
    config = uvicorn.Config(app, log_config=None, lifespan="on", timeout_graceful_shutdown=1, ws="websockets-sansio")
    async with PromptServer(config).serving([listening]):
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@cache
def get_ssl_context() -> ssl.SSLContext:
    """For clients: read once, since each would read every certificate of the machine, and no sandbox has one."""
    return ssl.create_default_context()
