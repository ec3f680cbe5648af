"""One process: an event loop that ends at SIGTERM or SIGINT, and a web server inside it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from typing import Any, TypeVar

import structlog
from starlette.types import ASGIApp
from uvicorn.config import Config
from uvicorn.server import Server

from bot.operating.request_limits import LimitedHttpProtocol

log = structlog.get_logger(__name__)

T = TypeVar("T")

_FINISH_WITHIN_S = 2
_COLLECTED_AFTER = 10_000
"""New objects."""


class CommandFailed(Exception):
    """A command cannot go on; the message says why."""


class AddressInUse(Exception):
    """Another process listens there, or we may not."""


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end, on uvloop where it is installed. Garbage is collected from here on, not while all is imported.

    What was imported stays for good: without `freeze` each full garbage collection looks through it for 0.1 s. Of what
    is made from here on nearly all is freed by counting references, so that cycles are looked for seldomer than Python
    does by itself (after 700 new objects): that took a fiftieth of a day's CPU.
    """
    gc.freeze()
    gc.set_threshold(_COLLECTED_AFTER)
    gc.enable()
    with asyncio.Runner(loop_factory=_choose_loop_factory()) as runner:
        return runner.run(work)


def _choose_loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop  # noqa: PLC0415 - it does not exist on every platform
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


@contextlib.contextmanager
def catch_stop_signals() -> Generator[asyncio.Event, None, None]:
    """An event that SIGTERM and SIGINT set. A second signal ends the process at once."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)

    def ask_to_stop() -> None:
        stop.set()
        for one in signals:
            loop.remove_signal_handler(one)

    for one in signals:
        loop.add_signal_handler(one, ask_to_stop)
    try:
        yield stop
    finally:
        for one in signals:
            loop.remove_signal_handler(one)


@contextlib.asynccontextmanager
async def serve_http(
    app: ASGIApp, *, host: str, port: int, protocol: type[LimitedHttpProtocol] = LimitedHttpProtocol
) -> AsyncIterator[int]:
    """Serve while inside; yields the port (a free one if `port` is 0). Raises AddressInUse."""
    listening = _open_socket(host, port)
    config = Config(
        app,
        http=protocol,
        ws="none",
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=_FINISH_WITHIN_S,
    )
    server = _UvicornServer(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await asyncio.wait({task, asyncio.create_task(server.up.wait())}, return_when=asyncio.FIRST_COMPLETED)
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        await task
        listening.close()


@contextlib.asynccontextmanager
async def serve_admin(app: ASGIApp, *, host: str, port: int) -> AsyncIterator[None]:
    """The same, but a port that is in use is logged and not served: several processes may share a machine."""
    async with contextlib.AsyncExitStack() as stack:
        try:
            log.info("admin.up", port=await stack.enter_async_context(serve_http(app, host=host, port=port)))
        except AddressInUse as error:
            log.warning("admin.not_up", why=str(error), mend="set ADMIN_PORT to a free port, or to 0 for none")
        yield


def _open_socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise AddressInUse(f"port {port} at {host} cannot be used ({os.strerror(error.errno or 0)}).") from None
    # asyncio sets this only for sockets that it opens itself; without it an answer waits for an acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.setblocking(False)  # noqa: FBT003 - the standard library wants it so
    return listening


class _UvicornServer(Server):
    """uvicorn that tells when it is up, and leaves signals to us."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield
