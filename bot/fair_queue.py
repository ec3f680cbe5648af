"""Turns shared out fairly: between workspaces, in each between its people, and to nobody more than a few at once."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass

_Slot = asyncio.Future[None]


@dataclass(frozen=True, kw_only=True)
class FairLimits:
    """How many of something at once: of all, of one workspace, of one person."""

    all: int
    workspace: int
    person: int


NO_LIMITS = FairLimits(all=10_000, workspace=10_000, person=10_000)


class FairQueue:
    """`held` turns are being used, and `asked` are those and what waits for one."""

    def __init__(self, *, held: FairLimits, asked: FairLimits = NO_LIMITS) -> None:
        self._most_held, self._most_asked = held, asked
        self._held: Counter[tuple[str, ...]] = Counter()
        self._asked: Counter[tuple[str, ...]] = Counter()
        self._waiting: OrderedDict[str, OrderedDict[str, deque[_Slot]]] = OrderedDict()

    def is_full(self, workspace: str, person: str) -> bool:
        """Whether they, their workspace or all together have asked for as much as they may."""
        return _is_limit_reached(self._asked, self._most_asked, workspace, person)

    def is_idle(self, workspace: str, person: str) -> bool:
        """Whether nothing of theirs is being done or waits."""
        return not self._asked[workspace, person]

    def reserve(self, workspace: str, person: str) -> AbstractAsyncContextManager[None]:
        """Asks for a turn at once; entering waits for it. A task that is cancelled meanwhile gives it back."""
        _add_to_counts(self._asked, workspace, person, 1)
        return self._use_slot(workspace, person)

    @asynccontextmanager
    async def _use_slot(self, workspace: str, person: str) -> AsyncIterator[None]:
        try:
            await self._acquire(workspace, person)
            try:
                yield
            finally:
                _add_to_counts(self._held, workspace, person, -1)
        finally:
            _add_to_counts(self._asked, workspace, person, -1)
            self._grant_slots()

    async def _acquire(self, workspace: str, person: str) -> None:
        if not self._waiting and not _is_limit_reached(self._held, self._most_held, workspace, person):
            _add_to_counts(self._held, workspace, person, 1)
            return
        turn: _Slot = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(workspace, OrderedDict()).setdefault(person, deque()).append(turn)
        self._grant_slots()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._remove_waiting(workspace, person, turn)
            else:
                _add_to_counts(self._held, workspace, person, -1)
            raise

    def _grant_slots(self) -> None:
        """A person who was served goes to the end of the line, and so does their workspace."""
        while who := self._find_next():
            workspace, person = who
            people = self._waiting[workspace]
            turn = people[person].popleft()
            self._waiting.move_to_end(workspace)
            people.move_to_end(person)
            self._drop_empty(workspace, person)
            if not turn.cancelled():
                _add_to_counts(self._held, workspace, person, 1)
                turn.set_result(None)

    def _find_next(self) -> tuple[str, str] | None:
        """Passes over those alone who hold as much as they may, and they are few, however many wait."""
        held, most = self._held, self._most_held
        if held[()] >= most.all:
            return None
        for workspace, people in self._waiting.items():
            if held[workspace,] < most.workspace:
                for person in people:
                    if held[workspace, person] < most.person:
                        return workspace, person
        return None

    def _remove_waiting(self, workspace: str, person: str, turn: _Slot) -> None:
        with suppress(KeyError, ValueError):
            self._waiting[workspace][person].remove(turn)
            self._drop_empty(workspace, person)

    def _drop_empty(self, workspace: str, person: str) -> None:
        people = self._waiting[workspace]
        if not people[person]:
            del people[person]
        if not people:
            del self._waiting[workspace]


def _is_limit_reached(counted: Counter[tuple[str, ...]], most: FairLimits, workspace: str, person: str) -> bool:
    whole = counted[()] >= most.all or counted[workspace,] >= most.workspace
    return whole or counted[workspace, person] >= most.person


def _add_to_counts(counted: Counter[tuple[str, ...]], workspace: str, person: str, by: int) -> None:
    """Keys that come to nothing are dropped: people come and go."""
    for key in ((), (workspace,), (workspace, person)):
        counted[key] += by
        if not counted[key]:
            del counted[key]
