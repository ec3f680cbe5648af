"""What both pollers do: claim the rows that are due, work on a few at once, and renew their leases meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
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

    `wake` asks for another tick when a row is done: it may be due again, and others may have waited for it.
    """

    def __init__(
        self,
        *,
        store: Store,
        repository: Callable[[Tx], DueRepository[T]],
        key: Callable[[T], object],
        work: Callable[[T], Awaitable[None]],
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

    async def tick(self) -> float:
        """Begin the work that is due; slow work holds nothing up. Returns how many seconds the loop may sleep.

        Most ticks find nothing due, and begin no transaction that might write.
        """
        free = self._at_once - self._under_way
        if free <= 0:
            return self._sleep_at_most_s
        async with self._store.begin_read() as tx:
            next_at = await self._repository(tx).find_next_due_at(self._clock.now())
        sleep_s = self._get_sleep_s(next_at)
        if not sleep_s:
            async with self._store.begin() as tx:
                due = await self._repository(tx).claim(self._clock.now(), LEASE_S, self._holder, limit=free)
            for row in due:
                self._under_way += 1
                self._tasks.start(self._work_safely(row))
        return sleep_s

    def _get_sleep_s(self, next_at: datetime | None) -> float:
        """Until the next row is due, or less: other processes may make one due meanwhile."""
        if next_at is None:
            return self._sleep_at_most_s
        return min(max((next_at - self._clock.now()).total_seconds(), 0.0), self._sleep_at_most_s)

    async def _work_safely(self, row: T) -> None:
        """Work that fails unexpectedly is repeated when its lease runs out; the other rows go on."""
        try:
            async with keepalive(partial(self._renew, row)):
                await self._work(row)
        except Exception:
            log.exception("work.failed", key=str(self._key(row)))
        finally:
            self._under_way -= 1
            self._wake()

    async def _renew(self, row: T) -> None:
        until = self._clock.now() + timedelta(seconds=LEASE_S)
        async with self._store.begin() as tx:
            await self._repository(tx).renew(self._key(row), self._holder, until)
