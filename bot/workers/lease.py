"""A claim stays ours while we work on it, however long that takes, and is free soon after we die."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock

log = structlog.get_logger(__name__)

LEASE_S = 13.5
"""A process that dies is replaced within 15 s: the lease, and a tick of another process."""

SHOWN_WITHIN_S = 5.0
"""What was on its way to Slack when its sender died or gave up stands there by then, or never: nobody looks before."""

_RENEWED_EVERY_S = LEASE_S / 4

_MARGIN_S = SHOWN_WITHIN_S + 2.0
"""How long before its end that is over: replicas know the database's time to a second each."""

_NEEDED_S = _MARGIN_S + 3.0
"""How much of it is left at least when something begins that cannot be undone."""


class Lease:
    """A claim of ours. `extend` asks the store for more time, and returns whether the claim is still ours.

    `written` is done once the claim is on the disk; None where it is.
    """

    def __init__(
        self,
        extend: Callable[[datetime], Awaitable[bool]],
        *,
        clock: Clock,
        claimed_at: datetime,
        written: asyncio.Future[None] | None = None,
    ) -> None:
        self._written = written
        self._extend = extend
        self._clock = clock
        self._until = claimed_at + timedelta(seconds=LEASE_S)
        self._limit: asyncio.Timeout | None = None

    async def renew(self) -> bool:
        until = self._clock.now() + timedelta(seconds=LEASE_S)
        ours = await self._extend(until)
        if ours:
            self._until = max(self._until, until)
        if self._limit and not self._limit.expired():
            self._limit.reschedule(self._compute_limit_s() if ours else 0.0)
        return ours

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[bool]:
        """Whether it is ours, for what cannot be undone: this process may have been frozen meanwhile.

        It is on the disk by then, so that after a power cut it is known that this was tried. Raises OSError.
        What is done inside is cut off with a TimeoutError before the lease ends: a process that cannot renew it (it
        alone lost the database) has given up by the time when another one looks. So is what finds that it was lost.
        """
        if self._written:
            await asyncio.shield(self._written)
        if not await self._has_rest():
            yield False
            return
        async with asyncio.timeout_at(self._compute_limit_s()) as limit:
            self._limit = limit
            try:
                yield True
            finally:
                self._limit = None

    async def _has_rest(self) -> bool:
        """Where it had to be asked for: whoever was frozen over that got a lease that is over by now."""
        if self._get_rest_s() >= _NEEDED_S:
            return True
        return await self.renew() and self._get_rest_s() > _MARGIN_S

    def _get_rest_s(self) -> float:
        return (self._until - self._clock.now()).total_seconds()

    def _compute_limit_s(self) -> float:
        return asyncio.get_running_loop().time() + self._get_rest_s() - _MARGIN_S


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
