"""What tests and the page wait on instead of sleeping: a number that grows with every change of the world."""

from __future__ import annotations

import asyncio


class Changes:
    """Shared by both simulators. `seq` is the number of changes so far."""

    def __init__(self) -> None:
        self.seq = 0
        self._changed = asyncio.Event()

    def bump(self) -> None:
        """Say that something changed; whoever waits wakes up."""
        self.seq += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_after(self, seq: int, timeout_s: float) -> int:
        """The current number: at once when it is past `seq`, else after the next change or `timeout_s` real seconds."""
        try:
            async with asyncio.timeout(timeout_s):
                while self.seq <= seq:
                    await self._changed.wait()
        except TimeoutError:
            return self.seq
        return self.seq
