"""Votes are counted once, on whatever replicas, and what was counted before a crash is counted after it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.actions import vote_counting
from bot.actions.vote_counting import Tally, Tell
from bot.circleci.links import Links
from bot.command import Context, Request, RequestSource
from bot.domain.people import Account, AccountState
from bot.errors import NotAllowed, NotFound, Rejected, Unavailable
from bot.rules.voting import CALL_FOR, Approval, Loss
from bot.store.store import Store, Tx
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.delivery_harness import FakeClock
from tests.plugins.postgres import PostgresServer

HOLD = Approval(workspace="T", subject="w:hold:j", pipeline_id="p", project="gh/acme/web", name="ship", needed=2)


async def tell_nobody(_tx: Tx, _tally: Tally) -> None:
    """Nobody looks at it here."""


class Replica:
    """A process with a connection of its own; its time stands still."""

    def __init__(self, store: Store, clock: FakeClock) -> None:
        self.store, self.clock = store, clock
        self.barred: set[str] = set()

    def build_context(self, user: str) -> Context:
        request = Request("T", user, "approve", RequestSource.BUTTON, "k", channel="C")
        circleci: Any = None  # Nothing of this asks CircleCI.
        return Context(request, circleci, self.store, self.clock, Links(), wake=lambda: None)

    async def connect(self, user: str, circleci_id: str = "") -> Account:
        account = Account(
            "T", user, circleci_id or f"c-{user}", user, user, AccountState.ACTIVE, self.clock.now(), "token"
        )
        async with self.store.begin() as tx:
            await tx.accounts.upsert(account)
        return account

    async def press(
        self, user: str, wanted: Approval = HOLD, circleci_id: str = "", *, tell: Tell = tell_nobody
    ) -> Tally:
        async def may_approve(one: str) -> bool:
            return one not in self.barred

        account = await self.connect(user, circleci_id)
        return await vote_counting.record_vote(
            self.build_context(user), wanted, account, reason="", may_approve=may_approve, tell=tell
        )


@pytest.fixture
async def replica(tmp_path: Path) -> Any:
    replica = Replica(Store(await create_database(tmp_path), Vault([generate_key()])), FakeClock())
    yield replica
    await replica.store.close()


async def test_a_vote_of_which_nothing_tells_does_not_count(replica: Any) -> None:
    async def fail(_tx: Tx, _tally: Tally) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await replica.press("UADA", tell=fail)
    assert (await replica.press("UGRACE")).count == 1


@pytest.mark.parametrize("needed", [1, 2])
async def test_of_two_who_press_at_the_same_moment_on_two_replicas_one_tells_circleci(
    postgres: PostgresServer, needed: int
) -> None:
    url, vault, clock = await postgres.create_migrated(), Vault([generate_key()]), FakeClock()
    one, other = Replica(Store(url, vault), clock), Replica(Store(url, vault), clock)
    for number in range(5):
        wanted = replace(HOLD, subject=f"w{number}:hold:j", needed=needed)
        told = await asyncio.gather(one.press("UADA", wanted), other.press("UGRACE", wanted))
        assert sorted(tally.calls for tally in told) == [False, True]
        assert max(tally.count for tally in told) == 2, "both votes stand"
    await one.store.close()
    await other.store.close()
    await postgres.release(url)


async def test_a_vote_that_was_counted_before_a_crash_is_counted_after_it(replica: Replica) -> None:
    assert (await replica.press("UADA")).left == 1
    assert (await replica.press("UGRACE")).calls, "and it dies, before or after CircleCI is asked"
    at_once = await replica.press("UADA")
    assert (at_once.calls, at_once.count, at_once.approval.caller) == (False, 2, "UGRACE")
    replica.clock.advance(CALL_FOR.total_seconds())
    assert (await replica.press("UADA")).calls


@pytest.mark.parametrize(
    ("error", "calls", "loss"),
    [
        (Rejected("Too old", status=400), True, None),
        (Rejected("No", status=403), False, Loss.REFUSED),
        (NotFound("?", status=404), False, Loss.REFUSED),
        (Unavailable("Down"), True, None),
        (Unavailable("Lost", unknown=True), False, None),
    ],
)
async def test_what_circleci_says_to_the_last_vote_decides_whether_it_stands(
    replica: Replica, error: Exception, calls: bool, loss: Loss | None
) -> None:
    await replica.press("UADA")
    tally = await replica.press("UGRACE")
    with pytest.raises(type(error)):
        async with vote_counting.begin_call(replica.build_context("UGRACE"), tally):
            raise error
    again = await replica.press("UADA")
    assert again.calls is calls
    assert [one.loss for one in again.approval.votes if one.user == "UGRACE"] == [loss]


async def test_what_was_told_is_not_told_again_at_once(replica: Replica) -> None:
    once = replace(HOLD, needed=1)
    tally = await replica.press("UADA", once)
    async with vote_counting.begin_call(replica.build_context("UADA"), tally):
        pass
    assert not (await replica.press("UGRACE", once)).calls
    assert not await vote_counting.withdraw(replica.build_context("UADA"), once), "it is too late"


async def test_who_may_not_any_more_loses_their_vote_and_may_vote_again_later(replica: Replica) -> None:
    await replica.press("UADA")
    replica.barred = {"UADA"}
    tally = await replica.press("UGRACE")
    assert (tally.calls, tally.count, [one.loss for one in tally.lost]) == (False, 1, [Loss.NOT_ALLOWED])
    replica.barred = set()
    assert (await replica.press("UADA")).calls


async def test_a_vote_of_somebody_who_is_somebody_else_at_circleci_by_now_does_not_count(replica: Replica) -> None:
    await replica.press("UADA")
    account = await replica.connect("UADA")
    async with replica.store.begin() as tx:
        await tx.accounts.upsert(replace(account, circleci_id="c-other"))
    tally = await replica.press("UGRACE")
    assert [one.loss for one in tally.lost] == [Loss.DISCONNECTED]


async def test_one_person_of_circleci_has_one_vote_by_however_many_accounts_of_slack(replica: Replica) -> None:
    await replica.press("UADA", circleci_id="c-1")
    with pytest.raises(NotAllowed):
        await replica.press("UADA2", circleci_id="c-1")
    tally = await replica.press("UGRACE")
    assert (tally.calls, tally.count) == (True, 2)
    twice = replace(tally.approval, votes=tuple(replace(one, circleci_id="c-1") for one in tally.approval.votes))
    assert [one.user for one in twice.list_counting(tally.at)] == ["UADA"], "also of what was counted before"


async def test_votes_expire_by_the_time_of_the_count(replica: Replica) -> None:
    wanted = replace(HOLD, expires_s=600)
    await replica.press("UADA", wanted)
    replica.clock.advance(600)
    tally = await replica.press("UGRACE", wanted)
    assert [one.loss for one in tally.lost] == [Loss.EXPIRED]
    assert not tally.calls
