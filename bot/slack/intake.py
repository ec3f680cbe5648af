"""What people ask is taken in: at once, but done in turns, so that nobody uses up the process.

Whoever asks for more than they may have waiting is told so, once until all that they asked is done; a form is always
told, since it stands there and waits.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import structlog

from bot.command import Request
from bot.fair_queue import Fair, Most
from bot.workers.loop import Tasks

log = structlog.get_logger(__name__)

HELD = Most(all=80, workspace=40, person=4)
ASKED = Most(all=2_000, workspace=500, person=24)
_MOST_TOLD = 20

Work = Callable[[], Awaitable[None]]
Tell = Callable[[Request], Awaitable[None]]


class Intake:
    """`busy` tells whoever asked that no more is taken."""

    def __init__(self, *, tasks: Tasks, busy: Tell, held: Most = HELD, asked: Most = ASKED) -> None:
        self._tasks = tasks
        self._busy = busy
        self._fair = Fair(held=held, asked=asked)
        self._told: set[tuple[str, str]] = set()
        self._telling = 0

    def take(self, workspace: str, person: str, work: Work, request: Request | None) -> None:
        """Have it done when it is their turn, and return at once. `request` is where to say that it is too much."""
        if self._fair.is_full(workspace, person):
            self._refuse(workspace, person, request)
        else:
            self._tasks.start(self._in_turn(self._fair.turn(workspace, person), workspace, person, work))

    async def _in_turn(self, turn: AbstractAsyncContextManager[None], workspace: str, person: str, work: Work) -> None:
        async with turn:
            await work()
        if self._fair.is_idle(workspace, person):
            self._told.discard((workspace, person))

    def _refuse(self, workspace: str, person: str, request: Request | None) -> None:
        """Telling is work too: it has a limit of its own."""
        known = (workspace, person) in self._told
        if request and (not known or request.view_id) and self._telling < _MOST_TOLD:
            log.warning("intake.full", workspace=workspace, user=person)
            self._told.add((workspace, person))
            self._telling += 1
            self._tasks.start(self._tell(request))

    async def _tell(self, request: Request) -> None:
        try:
            await self._busy(request)
        finally:
            self._telling -= 1
