"""Time in the sandbox: the wall clock, scaled and able to jump, or a clock that moves only by hand."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class SandboxClock(Protocol):
    """What both simulators ask the time of. Seconds are the clock's own, not those of the wall."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since the clock was made; never goes back."""
        ...

    async def sleep_s(self, seconds: float) -> None:
        """Return once this clock has moved on by this many seconds, by running or by a jump."""
        ...


class MovableClock(SandboxClock, Protocol):
    """A clock that can also jump, as `POST /_control/advance` makes it."""

    def advance(self, seconds: float) -> None:
        """Jump ahead and wake every sleeper whose time has come."""
        ...


class ManualClock:
    """Stops until `advance` is called: tests use it to reach an exact instant."""

    def __init__(self, started_at: datetime | None = None) -> None:
        self._started_at = started_at or datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
        self._elapsed_s = 0.0
        self._jumped = asyncio.Event()

    def now(self) -> datetime:
        return self._started_at + timedelta(seconds=self._elapsed_s)

    def monotonic(self) -> float:
        return self._elapsed_s

    async def sleep_s(self, seconds: float) -> None:
        due_s = self._elapsed_s + seconds
        while self._elapsed_s < due_s:
            await self._jumped.wait()

    def advance(self, seconds: float) -> None:
        self._elapsed_s += seconds
        self._jumped = _wake(self._jumped)


class RealClock:
    """The wall clock; with `speed` 10 ten of its seconds pass in one of ours, and `advance` jumps on top."""

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError(f"speed must be above zero, not {speed}")
        self._speed = speed
        self._started_at = datetime.now(UTC)
        self._started_s = time.monotonic()
        self._jumps_s = 0.0
        self._jumped = asyncio.Event()

    def now(self) -> datetime:
        return self._started_at + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (time.monotonic() - self._started_s) * self._speed + self._jumps_s

    async def sleep_s(self, seconds: float) -> None:
        due_s = self.monotonic() + seconds
        while (left_s := due_s - self.monotonic()) > 0:
            await _jump_or_timeout(self._jumped, left_s / self._speed)

    def advance(self, seconds: float) -> None:
        self._jumps_s += seconds
        self._jumped = _wake(self._jumped)


async def _jump_or_timeout(jumped: asyncio.Event, timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await jumped.wait()
    except TimeoutError:
        return


def _wake(sleepers: asyncio.Event) -> asyncio.Event:
    """Wake all who wait on this event and return a fresh one for the next jump."""
    sleepers.set()
    return asyncio.Event()
