"""An event loop in virtual time, in which several simulated processes run, and one seed decides what comes next.

Nothing waits: where no task can go on, the time jumps to the next timer. Of the tasks that can go on a seeded choice
takes the next one. A process that is killed runs no further line, no `finally` either; one that is frozen goes on where
it was. What a task begins belongs to its process (a context variable).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from contextvars import Context, ContextVar, copy_context
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any

STARTED_AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

_DEEPEST = 20
_AT_ONCE_S = 1e-9
"""Timers so close to each other are due together."""

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
    """`loop.time()` are seconds since the simulation began. What would run in a thread runs at once.

    It has asyncio's tasks and futures; of its loop only what has no sockets, threads or debugging, since a simulated
    minute is thousands of steps.
    """

    def __init__(self, chance: Random) -> None:
        super().__init__()
        self._now_s = 0.0
        self._tasks: list[asyncio.Task[Any]] = []
        self._is_over = False
        self._ready = _ShuffledSteps(chance)
        self._timers: list[tuple[float, _Step]] = []
        """A heap."""

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

    def call_soon(self, callback: Callable[..., Any], *args: Any, context: Context | None = None) -> _Step:
        step = _Step(self._now_s, callback, args, copy_context() if context is None else context)
        self._ready.append(step)
        return step

    call_soon_threadsafe = call_soon

    def call_at(self, when: float, callback: Callable[..., Any], *args: Any, context: Context | None = None) -> _Step:
        step = _Step(when, callback, args, copy_context() if context is None else context)
        heappush(self._timers, (when, step))
        return step

    def call_later(
        self, delay: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> _Step:
        return self.call_at(self._now_s + delay, callback, *args, context=context)

    def _run_once(self) -> None:
        """Whatever can go on goes a step; where nothing can, it is later."""
        timers, ready = self._timers, self._ready
        while timers and timers[0][1]._cancelled:
            heappop(timers)
        if not (ready.handles or self._stopping):
            if not timers:
                raise NothingCanGoOnError
            self._now_s += max(0, timers[0][0] - self._now_s)
        while timers and timers[0][0] < self._now_s + _AT_ONCE_S:
            ready.append(heappop(timers)[1])
        for _ in range(len(ready.handles)):
            self._take(ready.take())

    def _take(self, step: _Step | None) -> None:
        if step is None or step._cancelled:
            return
        try:
            step._context.run(step._callback, *step._args)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001 - as asyncio does
            self.call_exception_handler({"message": f"Exception in {step._callback}", "exception": error})

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
            self._timers.clear()
        self.close()

    def _asyncgen_firstiter_hook(self, agen: Any) -> None:
        """Nobody asks for those that have begun."""


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


class _Step(asyncio.TimerHandle):
    """Of a task, or another callback, and the process whose it is."""

    __slots__ = ("is_of_task", "process")

    def __init__(self, when: float, callback: Callable[..., Any], args: Any, context: Context) -> None:
        self._when = when
        self._callback = callback
        self._args = args
        self._context = context
        self._cancelled = False
        self.is_of_task = type(getattr(callback, "__self__", None)) is asyncio.Task
        self.process = context.get(_running)

    def cancel(self) -> None:
        self._cancelled = True
        self._callback = self._args = None
        self.is_of_task = False


class _ShuffledSteps:
    """The steps that are ready: callbacks in their order, as asyncio promises; those of tasks in any."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self.handles: list[_Step] = []
        self._frozen: list[_Step] = []

    def append(self, step: _Step) -> None:
        self.handles.append(step)

    def take(self) -> _Step | None:
        """The next one; None where its process is dead, or frozen."""
        step = self.handles.pop(self._choose())
        process = step.process
        if process is None:
            return step
        if process.is_frozen:
            self._frozen.append(step)
            return None
        return None if process.is_dead else step

    def _choose(self) -> int:
        if len(self.handles) == 1 or not self.handles[0].is_of_task:
            return 0
        return self._chance.choice([index for index, step in enumerate(self.handles) if step.is_of_task])

    def thaw(self, process: Process) -> None:
        """Timers that are over come before what was ready (docs/delivery.md, "What it rests on")."""
        mine = [step for step in self._frozen if step.process is process]
        self._frozen = [step for step in self._frozen if step.process is not process]
        self.handles.extend(sorted(mine, key=lambda step: step.is_of_task))

    def clear(self) -> None:
        self.handles.clear()
        self._frozen.clear()


def find_process() -> Process | None:
    """The one that runs just now."""
    return _running.get()
