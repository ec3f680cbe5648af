"""Loops sleep until something is due, or until somebody rings."""

from __future__ import annotations

import asyncio
import contextlib


class Bell:
    """Rung from anywhere in this process; a ring while nobody listens is kept."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, within_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._rung.wait()
        self._rung.clear()
