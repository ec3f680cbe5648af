"""One time for all replicas: that of the database they share. Leases, turns and due times are compared by it alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.store.store import Store

EVERY_S = 30.0


def read_counter() -> float:
    """Seconds since the machine started, those included in which it slept, where it can tell (Linux).

    `time.monotonic` stands still while a machine is suspended (CLOCK_MONOTONIC): it would believe in leases that ended.
    """
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


_QUICK_S = 1.0


class DatabaseClock:
    """The database's last answer plus a counter that goes on: the machine's own clock may be wrong.

    Before the first answer it is the machine's time.
    """

    def __init__(self, store: Store, *, machine: Clock, counter: Callable[[], float] = read_counter) -> None:
        self._store = store
        self._machine = machine
        self._counter = counter
        self._last_reading: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        if self._last_reading is None:
            return self._machine.now()
        moment, counted = self._last_reading
        return moment + timedelta(seconds=self._counter() - counted)

    async def tick(self) -> float:
        """Ask again. A slow answer is imprecise, and is dropped once there was a quicker one."""
        asked = self._counter()
        moment = await self._store.now()
        answered = self._counter()
        if self._last_reading is None or answered - asked < _QUICK_S:
            self._last_reading = (moment, (asked + answered) / 2)
        return EVERY_S
