"""uvicorn that starts and ends without a pause: its own looks ten times a second, and waits a tenth when it ends."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
from collections.abc import AsyncIterator

from uvicorn.config import Config
from uvicorn.server import Server

_LOOK_EVERY_S = 0.1
_LOOK_FOR_THE_END_EVERY_S = 0.002


class PromptServer(Server):
    """`up` is set once it serves; `end` is noticed at once, and what is under way is all that is waited for."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()
        self._ending = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    def end(self) -> None:
        self.should_exit = True
        self._ending.set()

    async def main_loop(self) -> None:
        for counter in itertools.count():
            if await self.on_tick(counter):
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_EVERY_S):
                    await self._ending.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._stop_accepting()
        for listening in (*self.servers, *(sockets or ())):
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                await self._wait_for_what_is_under_way()
        for task in self.server_state.tasks:
            task.cancel()
        for connection in list(self.server_state.connections):
            connection.transport.abort()  # One whose client does not read would wait for it, and stay open.
        await self.lifespan.shutdown()

    async def _stop_accepting(self) -> None:
        """No one more; who was accepted has a connection by then, which can be told to end.

        asyncio makes it three turns of its loop after it accepted. A listener closed in between leaves a socket that
        nobody closes.
        """
        loop = asyncio.get_running_loop()
        for accepting in itertools.chain.from_iterable(server.sockets for server in self.servers):
            loop.remove_reader(accepting)
        for _ in range(3):
            await asyncio.sleep(0)

    async def _wait_for_what_is_under_way(self) -> None:
        while (self.server_state.connections or self.server_state.tasks) and not self.force_exit:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(_LOOK_FOR_THE_END_EVERY_S)

    @contextlib.asynccontextmanager
    async def serving(self, sockets: list[socket.socket] | None = None) -> AsyncIterator[None]:
        """Up while inside. Raises what kept it from starting."""
        running, up = asyncio.ensure_future(self.serve(sockets)), asyncio.ensure_future(self.up.wait())
        try:
            await asyncio.wait({running, up}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                running.result()
            yield
        finally:
            up.cancel()
            self.end()
            await running
