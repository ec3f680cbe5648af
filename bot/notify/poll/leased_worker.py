"""What both pollers do: claim the rows that are due, work on a few at once, and renew their leases meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Generic, TypeVar

import structlog

from bot.clock import Clock
from bot.store.leases import DueRepository
from bot.store.store import Store, Tx
from bot.workers.lease import LEASE_S, keepalive
from bot.workers.loop import BackgroundTasks

log = structlog.get_logger(__name__)

T = TypeVar("T")


class LeasedWorker(Generic[T]):
    """Calls `work` with each row of `repository` that is due, with `at_once` at most; `work` settles the row.

    It answers when the row is due again, as far as it knows. `wake` asks for another tick when a row is done and is due
    before the next one, or others may have waited for it.
    """

    def __init__(
        self,
        *,
        store: Store,
        repository: Callable[[Tx], DueRepository[T]],
        key: Callable[[T], object],
        work: Callable[[T], Awaitable[datetime | None]],
        at_once: int,
        sleep_at_most_s: float,
        holder: str,
        clock: Clock,
        tasks: BackgroundTasks,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._repository = repository
        self._key = key
        self._work = work
        self._at_once = at_once
        self._sleep_at_most_s = sleep_at_most_s
        self._holder = holder
        self._clock = clock
        self._tasks = tasks
        self._wake = wake
        self._under_way = 0
        self._sleeps_until = clock.now()

    async def tick(self) -> float:
        """Begin the work that is due; slow work holds nothing up. Returns how many seconds the loop may sleep.

        Most ticks find nothing due, and begin no transaction that might write.
        """
        free = self._at_once - self._under_way
        if free <= 0:
            return self._sleep_at_most_s
        now = self._clock.now()
        self._sleeps_until = now + timedelta(seconds=self._sleep_at_most_s)
        async with self._store.begin_read() as tx:
            moments = await self._repository(tx).list_next_due_at(now, limit=free + 1)
        later = [moment for moment in moments if moment > now]
        if len(later) < len(moments):
            await self._begin_due(now, free)
        sleep_s = self._get_sleep_s(later)
        self._sleeps_until = self._clock.now() + timedelta(seconds=sleep_s)
        return sleep_s

    async def _begin_due(self, now: datetime, limit: int) -> None:
        async with self._store.begin(lasting=False) as tx:
            due = await self._repository(tx).claim(now, LEASE_S, self._holder, limit=limit)
        for row in due:
            self._under_way += 1
            self._tasks.start(self._work_safely(row))

    def _get_sleep_s(self, later: Sequence[datetime]) -> float:
        """Until the next row is due, or less: other processes may make one due meanwhile."""
        if not later:
            return self._sleep_at_most_s
        return min(max((later[0] - self._clock.now()).total_seconds(), 0.0), self._sleep_at_most_s)

    async def _work_safely(self, row: T) -> None:
        """Work that fails unexpectedly is repeated when its lease runs out; the other rows go on."""
        again_at = None
        try:
            async with keepalive(partial(self._renew, row)):
                again_at = await self._work(row)
        except Exception:
            log.exception("work.failed", key=str(self._key(row)))
        finally:
            was_full = self._under_way >= self._at_once
            self._under_way -= 1
            if was_full or again_at is None or again_at < self._sleeps_until:
                self._wake()

    async def _renew(self, row: T) -> None:
        until = self._clock.now() + timedelta(seconds=LEASE_S)
        async with self._store.begin(lasting=False) as tx:
            await self._repository(tx).renew(self._key(row), self._holder, until)
