"""A counter that grows with every change in the sandbox: tests and the page wait on it instead of sleeping."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Changes:
    """`seq` is the number of changes so far. What changes in a part of it counts in both, under the same number."""

    def __init__(self, part_of: Changes | None = None) -> None:
        self.seq = 0
        self._whole = part_of
        self._changed = asyncio.Event()
        self.watchers: list[Callable[[], None]] = []

    def bump(self) -> None:
        """Count a change and wake everybody who waits."""
        if self._whole:
            self._whole.bump()
        self.seq = self._whole.seq if self._whole else self.seq + 1
        for watcher in self.watchers:
            watcher()
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
