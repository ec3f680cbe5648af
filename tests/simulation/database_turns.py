"""Whose transaction is next in the simulated database."""

from __future__ import annotations

import asyncio
from random import Random

from tests.simulation.virtual_loop import Process, find_process

PATIENCE_S = 10.0
"""How long a process waits for the database."""


class Turn:
    """One process's transaction at a time. Of those that wait any may be next, but for the dead."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._holder: Process | None = None
        self._is_taken = False
        self._waiting: list[tuple[Process | None, asyncio.Future[None]]] = []

    async def take(self) -> None:
        if self._is_taken:
            await self._wait()
        self._is_taken, self._holder = True, find_process()

    async def _wait(self) -> None:
        mine = (find_process(), asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await mine[1]
        except BaseException:
            if mine in self._waiting:
                self._waiting.remove(mine)
            elif not mine[1].cancelled():
                self.pass_on()
            raise

    def pass_on(self) -> None:
        self._is_taken, self._holder = False, None
        if self._waiting:
            process, future = self._waiting.pop(self._chance.randrange(len(self._waiting)))
            if future.done():
                self.pass_on()
                return
            self._is_taken, self._holder = True, process
            future.set_result(None)

    def leave(self, process: Process) -> bool:
        """Whether it was its turn."""
        self._waiting = [one for one in self._waiting if one[0] is not process]
        return self._is_taken and self._holder is process
