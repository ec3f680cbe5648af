"""A loop that outlives its failures: it logs the first one and the recovery, and nothing between."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.clock import Clock

log = structlog.get_logger(__name__)

_STALE_AFTER = timedelta(seconds=30)
_AFTER_FAILURE_S = 2.0
_CLEANED_UP_WITHIN_S = 0.5


class WorkerLoop:
    """Calls `tick` again and again. Each call returns how many seconds to sleep unless `wakeup` wakes the loop."""

    def __init__(self, name: str, *, tick: Callable[[], Awaitable[float]], wakeup: Wakeup, clock: Clock) -> None:
        self.name = name
        self.tick = tick
        self._wakeup = wakeup
        self._clock = clock
        self._ticked_at: datetime | None = None
        self._began_at: datetime | None = None
        self._failing = False
        self._stopping = False
        self._sleep_s = 0.0

    async def run(self) -> None:
        """Until `stop`; a tick that is under way is finished."""
        self._began_at = self._clock.now()
        while not self._stopping:
            sleep_s = await self._tick_safely()
            if not self._stopping:
                await self._wakeup.wait(sleep_s)

    def stop(self) -> None:
        self._stopping = True
        self._wakeup.wake()

    def is_fresh(self) -> bool:
        """Whether the last tick that succeeded is recent enough."""
        if self._ticked_at is None:
            return False
        return self._clock.now() - self._ticked_at < _STALE_AFTER + timedelta(seconds=self._sleep_s)

    @property
    def rest_s(self) -> float:
        """How long it may sleep after its last tick that succeeded."""
        return self._sleep_s

    def get_age_s(self) -> float | None:
        """Since the last tick that succeeded, or since it began; None where it does not run in this process."""
        since = self._ticked_at or self._began_at
        return max(0.0, (self._clock.now() - since).total_seconds()) if since else None

    async def _tick_safely(self) -> float:
        try:
            sleep_s = await self.tick()
        except Exception:
            if not self._failing:
                log.exception("loop.failing", loop=self.name)
            self._failing = True
            return _AFTER_FAILURE_S
        if self._failing:
            log.info("loop.recovered", loop=self.name)
        self._failing, self._ticked_at, self._sleep_s = False, self._clock.now(), sleep_s
        return sleep_s


@asynccontextmanager
async def run_in_background(loops: Sequence[WorkerLoop], drain_s: float) -> AsyncIterator[None]:
    """The loops run while inside. On the way out their ticks are finished, or cancelled when that takes too long."""
    running = BackgroundTasks()
    for loop in loops:
        running.start(loop.run())
    try:
        yield
    finally:
        for loop in loops:
            loop.stop()
        await running.drain(drain_s)


class Wakeup:
    """Ends a loop's sleep, from anywhere in this process. One that comes while the loop works ends its next sleep."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def wake(self) -> None:
        self._event.set()

    async def wait(self, within_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._event.wait()
        self._event.clear()


class BackgroundTasks:
    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def drain(self, within_s: float) -> None:
        """Wait for what is running, and for what it begins; what is not done within the time is cancelled.

        Who cleans up for longer (the database may be away) is waited for no more: nothing holds a process up.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self._running:
                    await asyncio.wait(set(self._running))
        late = set(self._running)
        for task in late:
            task.add_done_callback(_note_failure)
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=_CLEANED_UP_WITHIN_S)


def _note_failure(task: asyncio.Task[Any]) -> None:
    """Whenever it comes, so that it is not logged as never retrieved."""
    task.cancelled() or task.exception()
