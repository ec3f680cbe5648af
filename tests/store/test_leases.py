"""What is claimed stays the claimant's while the lease is renewed, and no plan reads what is settled."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain import ProjectSlug
from bot.messages import Message
from bot.store.due_messages import DueMessages
from bot.store.rate_limiter import UNLIMITED
from bot.store.store import Store, Tx
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.sql_statements import count_statements, explain_plan

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=60)
LATER = NOW + timedelta(seconds=13)
WEB = ProjectSlug("gh", "acme", "web")
OF_FEW = re.compile(r"USING INDEX ix_\w+_(unshown|queued)|USING INTEGER PRIMARY KEY")
"""How a plan of SQLite names the indexes of what is unshown or queued, and a row that is known by its id."""


async def test_a_lease_has_one_holder_until_it_runs_out(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.leases.claim_or_renew("prune", "one", SOON, now=NOW)
        assert not await tx.leases.claim_or_renew("prune", "two", SOON, now=NOW)
        assert await tx.leases.claim_or_renew(
            "prune", "two", SOON + timedelta(seconds=60), now=SOON + timedelta(seconds=1)
        )
        assert not await tx.leases.claim_or_renew("prune", "one", SOON, now=SOON + timedelta(seconds=2))


async def test_its_holder_may_keep_a_lease(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.leases.claim_or_renew("prune", "one", SOON, now=NOW)
        assert await tx.leases.claim_or_renew(
            "prune", "one", SOON + timedelta(seconds=60), now=NOW + timedelta(seconds=30)
        )
        assert not await tx.leases.claim_or_renew("prune", "two", SOON, now=SOON + timedelta(seconds=30))


async def test_of_two_that_claim_at_once_one_has_the_lease_until_it_is_released(store: Store) -> None:
    async def claim(holder: str) -> bool:
        async with store.begin() as tx:
            return await tx.leases.claim_or_renew("rollback", holder, SOON, now=NOW)

    assert sorted(await asyncio.gather(*map(claim, "abcd"))) == [False, False, False, True]
    (had,) = [one for one in "abcd" if await claim(one)]
    for holder, is_free in (("somebody else", False), (had, True)):
        async with store.begin() as tx:
            await tx.leases.release("rollback", holder)
        assert await claim("next") is is_free
    async with store.begin() as tx:
        await tx.leases.prune(SOON + timedelta(seconds=1))
    assert await claim("after it was pruned")


async def _card(tx: Tx) -> None:
    await tx.pipelines.follow("p1", WEB, 1, branch="main", tag=None, snapshot="{}", now=NOW)
    await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=NOW)


async def _notice(tx: Tx) -> None:
    await tx.outbox.insert("k1", "T1", "C1", message=Message("x"), now=NOW)


Begin = Callable[[Tx], Awaitable[None]]


@pytest.mark.parametrize(("noun", "begin"), [("cards", _card), ("outbox", _notice)])
async def test_a_renewed_lease_outlives_its_first_end_and_only_for_its_attempt(
    store: Store, noun: str, begin: Begin
) -> None:
    async with store.begin() as tx:
        await begin(tx)
        rows = getattr(tx, noun)
        [first] = await rows.claim(NOW, 12, "one", limit=10)
        assert await rows.renew(first, NOW + timedelta(seconds=16))
        assert await rows.claim(LATER, 12, "two", limit=10) == []
        assert len(await rows.claim(NOW + timedelta(seconds=17), 12, "one", limit=10)) == 1
        assert not await rows.renew(first, NOW + timedelta(hours=1))
        assert len(await rows.claim(NOW + timedelta(seconds=30), 12, "three", limit=10)) == 1


@pytest.mark.parametrize(("noun", "begin"), [("cards", _card), ("outbox", _notice)])
async def test_a_renewal_that_is_written_late_shortens_no_lease_and_begins_none(
    store: Store, noun: str, begin: Begin
) -> None:
    """Seed 5107: it was asked before a process was frozen, and written after one that was asked when it woke."""
    async with store.begin() as tx:
        await begin(tx)
        rows = getattr(tx, noun)
        [claimed] = await rows.claim(NOW, 12, "one", limit=10)
        assert await rows.renew(claimed, NOW + timedelta(seconds=60))
        assert await rows.renew(claimed, NOW + timedelta(seconds=13))
        assert await rows.claim(NOW + timedelta(seconds=14), 12, "two", limit=10) == []
        await rows.settle_lost_answer(claimed, NOW)
        assert not await rows.renew(claimed, NOW + timedelta(seconds=60))
        assert len(await rows.claim(NOW + timedelta(seconds=15), 12, "two", limit=10)) == 1


async def test_a_renewed_lease_of_a_project_outlives_its_first_end_and_only_for_its_holder(store: Store) -> None:
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, NOW)
        assert len(await tx.polled_projects.claim(NOW, 12, "one", limit=10)) == 1
        await tx.polled_projects.renew(WEB, "two", NOW + timedelta(hours=1))
        await tx.polled_projects.renew(WEB, "one", NOW + timedelta(seconds=16))
        assert await tx.polled_projects.claim(LATER, 12, "two", limit=10) == []
        assert len(await tx.polled_projects.claim(NOW + timedelta(seconds=17), 12, "two", limit=10)) == 1
        await tx.polled_projects.renew(WEB, "one", NOW + timedelta(hours=1))
        assert len(await tx.polled_projects.claim(NOW + timedelta(seconds=30), 12, "three", limit=10)) == 1


@pytest.mark.parametrize("noun", ["cards", "outbox", "revisions", "due_messages"])
async def test_what_is_settled_is_looked_at_neither_by_a_claim_nor_before_it(noun: str, tmp_path: Path) -> None:
    store = Store(await create_database(tmp_path), Vault([generate_key()]))
    async with store.begin() as tx:
        with count_statements() as seen:
            if noun == "due_messages":
                assert await tx.due_messages.find(NOW, UNLIMITED) == DueMessages(
                    cards=False, notices=False, revisions=False
                )
            else:
                assert await getattr(tx, noun).claim(NOW, 12, "one", limit=10) == []
    await store.close()
    [claim] = seen.texts
    steps = explain_plan(tmp_path / "circlebot.db", claim)
    looks = [step for step in steps if re.match(r"(SCAN|SEARCH) (cards?|outbox|other)\b", step)]
    assert looks
    assert [step for step in looks if not OF_FEW.search(step)] == []
