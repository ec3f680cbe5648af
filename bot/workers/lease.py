"""A claim stays ours while we work on it, however long that takes, and is free soon after we die."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock

log = structlog.get_logger(__name__)

LEASE_S = 12.0
"""A process that dies is replaced within 15 s: the lease, and a tick of another process."""

_RENEWED_EVERY_S = LEASE_S / 3


class Lease:
    """A claim of ours. `extend` asks the store for more time, and returns whether the claim is still ours."""

    def __init__(self, extend: Callable[[datetime], Awaitable[bool]], *, clock: Clock, claimed_at: datetime) -> None:
        self._extend = extend
        self._clock = clock
        self._until = claimed_at + timedelta(seconds=LEASE_S)

    async def renew(self) -> bool:
        until = self._clock.now() + timedelta(seconds=LEASE_S)
        ours = await self._extend(until)
        if ours:
            self._until = until
        return ours

    async def is_ours(self) -> bool:
        """Ask just before something that cannot be undone: this process may have been frozen meanwhile."""
        return self._clock.now() < self._until or await self.renew()


@asynccontextmanager
async def keepalive(renew: Callable[[], Awaitable[object]], every_s: float = _RENEWED_EVERY_S) -> AsyncIterator[None]:
    """While inside, `renew` is awaited every few seconds; most work is done before the first time."""
    over = asyncio.Event()
    renewing = asyncio.create_task(_renew_until(over, renew, every_s))
    try:
        yield
    finally:
        over.set()
        await renewing


async def _renew_until(over: asyncio.Event, renew: Callable[[], Awaitable[object]], every_s: float) -> None:
    while True:
        try:
            async with asyncio.timeout(every_s):
                await over.wait()
        except TimeoutError:
            await _renew_safely(renew)
        else:
            return


async def _renew_safely(renew: Callable[[], Awaitable[object]]) -> None:
    """A renewal that fails is tried again before the lease ends; the work shows what is wrong."""
    try:
        await renew()
    except Exception:
        log.exception("lease.not_renewed")
