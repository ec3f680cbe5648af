"""Virtual time: actions by instant. Everything that the simulated CircleCI does unasked is scheduled here."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sandbox.virtual_clock import MovableClock

Callback = Callable[[], None]


class SimulationEngine:
    """Runs actions in the order of their instants. Each sees its own instant as `now`, however late it runs."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self._due: list[tuple[datetime, int, Callback]] = []
        self._order = itertools.count()
        self._instant: datetime | None = None
        self._scheduled = asyncio.Event()
        self.pace = 1.0

    def now(self) -> datetime:
        return self._instant or self._clock.now()

    @property
    def is_idle(self) -> bool:
        """Nothing is to come."""
        return not self._due

    def schedule_after(self, seconds: float, action: Callback) -> None:
        """After so long at the usual pace; at pace 4 after a quarter of it."""
        self.schedule_at(self.now() + timedelta(seconds=seconds / self.pace), action)

    def schedule_at(self, instant: datetime, action: Callback) -> None:
        """Schedule an action; one in the past runs at the next `run_due`, and sees its own past instant."""
        heapq.heappush(self._due, (instant, next(self._order), action))
        self._scheduled.set()

    def run_due(self) -> None:
        """Run every action that is due."""
        if self._instant is not None:
            return
        try:
            while self._due and self._due[0][0] <= self._clock.now():
                self._instant, _, action = heapq.heappop(self._due)
                action()
                self._instant = None
        finally:
            self._instant = None

    def advance(self, seconds: float) -> None:
        """Move the clock ahead; actions that became due have run when this returns."""
        self._clock.advance(seconds)
        self.run_due()

    def clear(self) -> None:
        """Forget all that was to come, and go on at the usual pace."""
        self._due.clear()
        self.pace = 1.0

    async def run(self) -> None:
        """Run actions as they become due, until cancelled."""
        while True:
            self._scheduled.clear()
            self.run_due()
            await self._next_instant_or_news()

    async def _next_instant_or_news(self) -> None:
        waits: set[asyncio.Future[Any]] = {asyncio.ensure_future(self._scheduled.wait())}
        if self._due:
            waits.add(asyncio.ensure_future(self._sleep_until(self._due[0][0])))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _sleep_until(self, instant: datetime) -> None:
        await self._clock.sleep_s((instant - self._clock.now()).total_seconds())
