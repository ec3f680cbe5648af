"""What people ask is taken in: at once, but done in turns, so that nobody uses up the process.

A person with too many requests waiting gets one message about it, until all of theirs are done. A form always gets
its answer, since it stays open until then.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import structlog

from bot.command import Request
from bot.fair_queue import FairLimits, FairQueue
from bot.workers.loop import BackgroundTasks

log = structlog.get_logger(__name__)

RUNNING_LIMITS = FairLimits(all=80, workspace=40, person=4)
PENDING_LIMITS = FairLimits(all=2_000, workspace=500, person=24)
_MOST_REFUSALS = 20

Work = Callable[[], Awaitable[None]]
Tell = Callable[[Request], Awaitable[None]]


class RequestIntake:
    """`busy` tells the person that this request is not accepted."""

    def __init__(
        self,
        *,
        tasks: BackgroundTasks,
        busy: Tell,
        held: FairLimits = RUNNING_LIMITS,
        asked: FairLimits = PENDING_LIMITS,
    ) -> None:
        self._tasks = tasks
        self._busy = busy
        self._queue = FairQueue(held=held, asked=asked)
        self._refused: set[tuple[str, str]] = set()
        self._open_refusals = 0

    def submit(self, workspace: str, person: str, work: Work, request: Request | None) -> None:
        """Have it done when it is their turn, and return at once. `request` is where to say that it is too much."""
        if self._queue.is_full(workspace, person):
            self._refuse(workspace, person, request)
        else:
            self._tasks.start(self._run_in_slot(self._queue.reserve(workspace, person), workspace, person, work=work))

    async def _run_in_slot(
        self, turn: AbstractAsyncContextManager[None], workspace: str, person: str, *, work: Work
    ) -> None:
        async with turn:
            await work()
        if self._queue.is_idle(workspace, person):
            self._refused.discard((workspace, person))

    def _refuse(self, workspace: str, person: str, request: Request | None) -> None:
        """Telling is work too: it has a limit of its own."""
        known = (workspace, person) in self._refused
        if request and (not known or request.view_id) and self._open_refusals < _MOST_REFUSALS:
            log.warning("intake.full", workspace=workspace, user=person)
            self._refused.add((workspace, person))
            self._open_refusals += 1
            self._tasks.start(self._send_refusal(request))

    async def _send_refusal(self, request: Request) -> None:
        try:
            await self._busy(request)
        finally:
            self._open_refusals -= 1
