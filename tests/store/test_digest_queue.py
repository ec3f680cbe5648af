from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import Outcome
from bot.rules.muting import QueuedOutcome
from bot.rules.placement import Deferral
from bot.store.store import Store
from tests.plugins.factories import NOW, WEB

LATER = NOW + timedelta(hours=1)


def an_outcome(number: int) -> Outcome:
    return Outcome(
        key=f"k{number}", kind="failed", status="failed", project=WEB, pipeline_id=f"p{number}",
        pipeline_number=number, workflow="build", workflow_id="w", branch="main", tag=None,
        happened_at=NOW + timedelta(minutes=number),
    )  # fmt: skip


def a_kept(number: int, channel: str = "C", why: str = "digest") -> QueuedOutcome:
    return QueuedOutcome(an_outcome(number), "T", channel, "gh/acme/web", 1, why, LATER)


async def keep(store: Store, *ones: QueuedOutcome) -> list[bool]:
    async with store.begin() as tx:
        for one in ones:
            await tx.outcomes.insert(one.outcome, NOW)
        return [await tx.digest_queue.insert(one, NOW) for one in ones]


async def test_what_is_due_is_taken_once_and_the_oldest_comes_first(store: Store) -> None:
    assert await keep(store, a_kept(2), a_kept(1), a_kept(3, "D")) == [True] * 3
    assert await keep(store, a_kept(1)) == [False]
    async with store.begin() as tx:
        assert await tx.digest_queue.find_next_due_at() == LATER
        assert await tx.digest_queue.list_due(NOW) == []
        assert await tx.digest_queue.lock_due("T", "C", [WEB], now=NOW) == []
        assert await tx.digest_queue.list_due(LATER) == [("T", "C"), ("T", "D")]
        taken = await tx.digest_queue.take("T", "C", "d1", keys=["k1", "k2"])
        assert [one.outcome for one in taken] == [an_outcome(1), an_outcome(2)]
        assert {one.digest for one in taken} == {"d1"}
        assert await tx.digest_queue.take("T", "C", "d2", keys=["k1", "k2"]) == []
        assert await tx.digest_queue.list_due(LATER) == [("T", "D")]
        assert await tx.digest_queue.count_waiting("T", "C") == 0


async def test_what_is_postponed_waits_for_its_new_time_and_reason(store: Store) -> None:
    await keep(store, a_kept(1), a_kept(2))
    async with store.begin() as tx:
        one, _ = await tx.digest_queue.take("T", "C", "d1", keys=["k1", "k2"])
        await tx.digest_queue.postpone([(one, Deferral("muted", LATER + timedelta(hours=1), "U1"))])
        assert await tx.digest_queue.list_due(LATER) == []
        assert await tx.digest_queue.count_waiting("T", "C") == 1
        found = await tx.digest_queue.list_for_pipeline("T", "C", "p1")
        assert found == {"k1": replace(one, why="muted", due_at=LATER + timedelta(hours=1), by="U1", digest=None)}


async def test_only_what_was_kept_for_this_reason_is_hurried(store: Store) -> None:
    await keep(store, a_kept(1, why="quiet"), a_kept(2, why="muted"), a_kept(3, "D", why="quiet"))
    async with store.begin() as tx:
        await tx.digest_queue.make_due("T", "C", "quiet", now=NOW)
        assert await tx.digest_queue.lock_due("T", "C", [WEB], now=NOW) == ["k1"]


async def test_of_two_replicas_one_takes_it(store: Store, other_replica: Store) -> None:
    await keep(store, *map(a_kept, range(20)))

    async def take(replica: Store, digest: str) -> int:
        async with replica.begin() as tx:
            keys = await tx.digest_queue.lock_due("T", "C", [WEB], now=LATER)
            return len(await tx.digest_queue.take("T", "C", digest, keys=keys))

    assert sorted(await asyncio.gather(take(store, "d1"), take(other_replica, "d2"))) == [0, 20]


async def test_what_is_kept_while_another_takes_the_rest_is_in_nobodys_digest_yet(
    store: Store, other_replica: Store
) -> None:
    """Else it would be marked as told by a digest that was written without it."""
    if not store.is_shared:
        pytest.skip("on SQLite one transaction is open at a time")
    await keep(store, a_kept(1))
    async with store.begin() as tx:
        assert await tx.digest_queue.lock_due("T", "C", [WEB], now=LATER) == ["k1"]
        await keep(other_replica, a_kept(2))
        async with other_replica.begin() as theirs:
            assert await theirs.digest_queue.lock_due("T", "C", [WEB], now=LATER) == ["k2"]
        [one] = await tx.digest_queue.take("T", "C", "d1", keys=["k1"])
        assert one.outcome.key == "k1"


async def test_what_was_told_is_forgotten_and_what_waits_never(store: Store) -> None:
    await keep(store, a_kept(1), a_kept(2, "D"))
    async with store.begin() as tx:
        await tx.digest_queue.take("T", "C", "d1", keys=["k1", "k2"])
        assert await tx.digest_queue.prune(NOW) == 0
        assert await tx.digest_queue.prune(LATER) == 1
        assert await tx.digest_queue.list_due(LATER) == [("T", "D")]
