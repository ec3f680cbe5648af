"""An event loop in virtual time, in which several simulated processes run, and one seed decides what comes next.

Nothing waits: where no task can go on, the time jumps to the next timer. Of the tasks that can go on a seeded choice
takes the next one. A process that is killed runs no further line, no `finally` either; one that is frozen goes on where
it was. What a task begins belongs to its process (a context variable).
"""

from __future__ import annotations

import asyncio
import sys
from asyncio import events
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from contextvars import Context, ContextVar
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

STARTED_AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

_DEEPEST = 20

WORLD = Context()
"""Of what no process owns: requests on their way, and faults."""


class Process:
    """A run of one of the simulated processes, by its number; the next run has another name."""

    def __init__(self, number: int, name: str = "") -> None:
        self.number = number
        self.name = name or f"{number}"
        self.is_dead = False
        self.is_frozen = False
        self.thawed_at_s = 0.0
        self.stopping = asyncio.Event()
        """Set when it is asked to end (SIGTERM)."""

    @property
    def has_ended(self) -> bool:
        """Or is about to."""
        return self.is_dead or self.stopping.is_set()


_running: ContextVar[Process | None] = ContextVar("_running", default=None)


class NothingCanGoOnError(RuntimeError):
    """Every task waits for another one."""


class VirtualLoop(asyncio.BaseEventLoop):
    """`loop.time()` are seconds since the simulation began. What would run in a thread runs at once."""

    def __init__(self, chance: Random) -> None:
        super().__init__()
        self._now_s = 0.0
        self._tasks: list[asyncio.Task[Any]] = []
        self._is_over = False
        self._selector = self
        self._ready = _ShuffledSteps(chance)
        self._clock_resolution = 1e-9

    def time(self) -> float:
        return self._now_s

    def now(self) -> datetime:
        return STARTED_AT + timedelta(seconds=self._now_s)

    def run_in_executor(self, executor: Executor | None, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        del executor
        answer = self.create_future()
        try:
            answer.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the caller's
            answer.set_exception(error)
        return answer

    def start(self, process: Process, work: Any) -> asyncio.Task[Any]:
        """Run this as the process."""
        context = WORLD.copy()
        context.run(_running.set, process)
        return self.create_task(work, context=context)

    def thaw(self, process: Process) -> None:
        """What came while it was frozen comes now."""
        process.is_frozen, process.thawed_at_s = False, self.time()
        self._ready.thaw(process)

    def select(self, timeout: float | None) -> list[Any]:
        """The loop's wait for sockets, of which there are none."""
        if timeout is None:
            raise NothingCanGoOnError
        self._now_s += timeout
        return []

    def create_task(self, coro: Any, **how: Any) -> asyncio.Task[Any]:
        """Kept, so that no task of a dead process is collected before the end, which would run its `finally`."""
        if self._is_over:
            coro.close()
            nothing: Any = self.create_future()
            nothing.cancel()
            return nothing
        task = super().create_task(coro, **how)
        self._tasks.append(task)
        return task

    def end(self) -> None:
        """What has not ended never goes on. Its `finally` runs now, to no effect, or each run would stay in memory."""
        self._is_over = True
        with _ignoring_what_nobody_hears():
            for task in self._tasks:
                task._log_destroy_pending = False
                _close(task.get_coro())
            self._ready.clear()
            self._scheduled.clear()
        self.close()

    def _process_events(self, event_list: list[Any]) -> None:
        pass

    def _write_to_self(self) -> None:
        pass


@contextmanager
def _ignoring_what_nobody_hears() -> Iterator[None]:
    """Errors of what is collected."""
    before = sys.unraisablehook
    sys.unraisablehook = lambda _: None
    try:
        yield
    finally:
        sys.unraisablehook = before


def _close(coroutine: Any) -> None:
    """As often as its blocks of `finally` wait for something."""
    for _ in range(_DEEPEST):
        with suppress(BaseException):
            coroutine.close()
            return


class _ShuffledSteps:
    """The handles that are ready: callbacks in their order, as asyncio promises; steps of tasks in any."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._handles: list[events.Handle] = []
        self._frozen: deque[events.Handle] = deque()

    def __len__(self) -> int:
        return len(self._handles)

    def append(self, handle: events.Handle) -> None:
        self._handles.append(handle)

    def popleft(self) -> events.Handle:
        handle = self._handles.pop(self._choose())
        process = handle._context.get(_running)
        if process is None:
            return handle
        if process.is_frozen:
            self._frozen.append(handle)
            return _NOTHING
        return _NOTHING if process.is_dead else handle

    def _choose(self) -> int:
        if len(self._handles) == 1 or not _is_step(self._handles[0]):
            return 0
        steps = [index for index, handle in enumerate(self._handles) if _is_step(handle)]
        return self._chance.choice(steps)

    def thaw(self, process: Process) -> None:
        """Timers that are over come before what was ready (docs/delivery.md, "What it rests on")."""
        mine = [handle for handle in self._frozen if handle._context.get(_running) is process]
        self._frozen = deque(handle for handle in self._frozen if handle not in mine)
        self._handles.extend(sorted(mine, key=_is_step))

    def clear(self) -> None:
        self._handles.clear()
        self._frozen.clear()


class _Nothing(events.Handle):
    """Takes the place of a step that is not taken."""

    def __init__(self) -> None:
        self._cancelled = True


_NOTHING = _Nothing()


def _is_step(handle: events.Handle) -> bool:
    return isinstance(getattr(handle._callback, "__self__", None), asyncio.Task)


def find_process() -> Process | None:
    """The one that runs just now."""
    return _running.get()
