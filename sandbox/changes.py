"""A counter that grows with every change in the sandbox: tests and the page wait on it instead of sleeping."""

from __future__ import annotations

import asyncio


class Changes:
    """Shared by both simulators. `seq` is the number of changes so far."""

    def __init__(self) -> None:
        self.seq = 0
        self._changed = asyncio.Event()

    def bump(self) -> None:
        """Count a change and wake everybody who waits."""
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
