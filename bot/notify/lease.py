"""What was claimed stays ours while we work on it, however long that takes, and is free soon after we died."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

log = structlog.get_logger(__name__)

LEASE_S = 12.0
"""Whoever dies is replaced within 15 s: the lease, and a turn of somebody else's loop."""

_RENEWED_EVERY_S = LEASE_S / 3


@asynccontextmanager
async def kept(renew: Callable[[], Awaitable[None]], every_s: float = _RENEWED_EVERY_S) -> AsyncIterator[None]:
    """While inside, `renew` is awaited now and then; most work is done before the first time."""
    over = asyncio.Event()
    renewing = asyncio.create_task(_renew_until(over, renew, every_s))
    try:
        yield
    finally:
        over.set()
        await renewing


async def _renew_until(over: asyncio.Event, renew: Callable[[], Awaitable[None]], every_s: float) -> None:
    while True:
        try:
            await asyncio.wait_for(over.wait(), every_s)
        except TimeoutError:
            await _safely(renew)
        else:
            return


async def _safely(renew: Callable[[], Awaitable[None]]) -> None:
    """A renewal that fails is tried again in time; the work itself shows what is wrong."""
    try:
        await renew()
    except Exception:
        log.exception("lease.not_renewed")
