"""The bot's own faults in the middle of an act: nobody knows what happened, so it is not begun a second time."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from bot.circleci.client import CircleCIPool
from bot.clock import SystemClock
from bot.command import Command, Group, Reply, Request, RequestSource
from bot.dispatch.idempotency import run_at_most_once
from bot.errors import Rejected, Unavailable
from bot.messages import Message
from bot.store.store import Store
from tests.store.conftest import database_url, key, store

__all__ = ["database_url", "key", "store"]


async def _never(_context: Any, _args: Any) -> Reply:
    raise NotImplementedError


COMMAND: Command[None] = Command(
    name="rerun",
    summary="",
    usage="rerun",
    example="rerun",
    parse=lambda _: None,
    run=_never,
    group=Group.ACTS,
    writes=True,
)


class RepeatedRequest:
    """One asking, by the same key each time; `outcomes` are what CircleCI's side does, one by one."""

    def __init__(self, store: Store, *outcomes: BaseException | None) -> None:
        request = Request(
            workspace="T1", user="U1", line="rerun w1", source=RequestSource.BUTTON, key="C1:1.0:rerun w1"
        )
        self.context: Any = SimpleNamespace(
            request=request, store=store, clock=SystemClock(), circleci=CircleCIPool("http://localhost").bind("")
        )
        self.outcomes = list(outcomes)

    async def repeat(self) -> str:
        reply = await run_at_most_once(COMMAND, self.context, None, self._act)
        assert reply.message
        return reply.message.text

    async def _act(self) -> Reply:
        if error := self.outcomes.pop(0):
            raise error
        return Reply(Message("Rerun."))


async def test_what_was_done_is_not_done_again(store: Store) -> None:
    asked = RepeatedRequest(store, None)
    assert await asked.repeat() == "Rerun."
    assert "<@U1> has done this already. Rerun." in await asked.repeat()


@pytest.mark.parametrize("refusal", [Rejected("no"), Unavailable("down", unknown=False)])
async def test_what_was_refused_may_be_asked_again(store: Store, refusal: Exception) -> None:
    asked = RepeatedRequest(store, refusal, None)
    with pytest.raises(type(refusal)):
        await asked.repeat()
    assert await asked.repeat() == "Rerun."


@pytest.mark.parametrize("end", [RuntimeError("a bug"), asyncio.CancelledError()])
async def test_after_a_bug_or_the_end_of_the_process_nothing_is_repeated(store: Store, end: BaseException) -> None:
    asked = RepeatedRequest(store, end)
    with pytest.raises(type(end)):
        await asked.repeat()
    assert "it is unknown whether it happened" in await asked.repeat()


async def test_a_lost_answer_is_told_to_whoever_presses_next(store: Store) -> None:
    asked = RepeatedRequest(store, Unavailable("The connection broke.", unknown=True))
    assert "The connection broke." in await asked.repeat()
    assert "<@U1> did this before." in await asked.repeat()
