"""Turns at Slack: as many as it allows, for all replicas together."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bot.messages import Message
from bot.store.engine.engines import build_engines
from bot.store.rate_limiter import POST, UPDATE, Bucket, BucketLimits, RateLimit
from bot.store.store import Store
from bot.store.vault import Vault
from tests.plugins.postgres import PostgresServer

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
C1, C2 = ("T1", "C1"), ("T1", "C2")
ONE_A_SECOND = RateLimit(1.0)
SLOW = RateLimit(1.5, burst=10)
RATES = BucketLimits(posts=ONE_A_SECOND, updates=RateLimit(1.5, burst=2))


def _at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


async def test_a_channel_has_a_turn_a_second_and_none_waits_for_another(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.rate_limiter.take(POST, {C1: 1}, ONE_A_SECOND, now=NOW) == {C1: 1}
        assert await tx.rate_limiter.take(POST, {C1: 1, C2: 1}, ONE_A_SECOND, now=_at(0.9)) == {C1: 0, C2: 1}
        assert await tx.rate_limiter.take(POST, {C1: 3}, ONE_A_SECOND, now=_at(1)) == {C1: 1}


async def test_what_rested_may_burst_and_stays_below_fifty_in_any_minute(store: Store) -> None:
    taken = []
    async with store.begin() as tx:
        for second in range(120):
            [turns] = (await tx.rate_limiter.take(UPDATE, {("T1", ""): 100}, SLOW, now=_at(second))).values()
            taken.append(turns)
    assert taken[0] == 10
    assert max(sum(taken[start : start + 60]) for start in range(60)) <= 50
    assert sum(taken) >= 85


async def test_replicas_that_ask_at_once_get_one_turn_together(store: Store, other_replica: Store) -> None:
    async def ask(at: Store) -> int:
        async with at.begin() as tx:
            return (await tx.rate_limiter.take(POST, {C1: 1, C2: 1}, ONE_A_SECOND, now=NOW))[C1]

    async with store.begin() as tx:
        await tx.rate_limiter.take(POST, {C1: 1}, ONE_A_SECOND, now=_at(-5))
    assert sum(await asyncio.gather(*(ask(at) for at in (store, other_replica) * 5))) == 1


async def test_who_waits_for_a_new_bucket_holds_none_that_another_needs(postgres: PostgresServer, key: str) -> None:
    async def take(at: Store, *buckets: Bucket) -> dict[Bucket, int]:
        async with at.begin() as tx:
            return await tx.rate_limiter.take(POST, dict.fromkeys(buckets, 1), ONE_A_SECOND, now=_at(5))

    url = await postgres.create_migrated()
    here, there = (Store(url, Vault([key])) for _ in range(2))
    async with here.begin() as tx:
        await tx.rate_limiter.take(POST, {C2: 1}, ONE_A_SECOND, now=NOW)
    async with here.begin() as tx:
        await tx.rate_limiter.take(POST, {C1: 1}, ONE_A_SECOND, now=_at(5))
        theirs = asyncio.create_task(take(there, C1, C2))
        await _somebody_waits(url)
        assert await tx.rate_limiter.take(POST, {C2: 1}, ONE_A_SECOND, now=_at(5)) == {C2: 1}
    assert await theirs == {C1: 0, C2: 0}
    await here.close()
    await there.close()
    await postgres.release(url)


async def _somebody_waits(url: str) -> None:
    engines, waiting = build_engines(url), text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with engines.writer.begin() as connection:
        while not await connection.scalar(waiting):
            pass
    await engines.dispose()


async def test_who_was_asked_to_wait_waits_to_the_second(store: Store) -> None:
    async with store.begin() as tx:
        await tx.rate_limiter.block(POST, C1, ONE_A_SECOND, until=_at(30))
        await tx.rate_limiter.block(UPDATE, ("T1", ""), SLOW, until=_at(30))
        assert await tx.rate_limiter.take(POST, {C1: 1}, ONE_A_SECOND, now=_at(29.9)) == {C1: 0}
        assert await tx.rate_limiter.take(UPDATE, {("T1", ""): 5}, SLOW, now=_at(29.9)) == {("T1", ""): 0}
        assert await tx.rate_limiter.take(POST, {C1: 1}, ONE_A_SECOND, now=_at(30)) == {C1: 1}
        assert await tx.rate_limiter.take(UPDATE, {("T1", ""): 5}, SLOW, now=_at(30)) == {("T1", ""): 1}


async def test_cards_and_notices_of_a_channel_share_its_turns(store: Store) -> None:
    async with store.begin() as tx:
        await tx.outbox.insert("k1", "T1", "C1", message=Message("x"), now=NOW)
        await tx.outbox.insert("k2", "T1", "C2", message=Message("x"), now=NOW)
        await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=NOW)
        assert len(await tx.cards.claim(NOW, 12, "one", limit=10, rates=RATES)) == 1
        assert [one.key for one in await tx.outbox.claim(NOW, 12, "one", limit=10, rates=RATES)] == ["k2"]
        assert [one.key for one in await tx.outbox.claim(_at(1), 12, "one", limit=10, rates=RATES)] == ["k1"]


async def test_all_cards_of_a_workspace_share_its_changes(store: Store) -> None:
    async with store.begin() as tx:
        for workspace, number in (("T1", 0), ("T1", 1), ("T1", 2), ("T2", 3)):
            card = await tx.cards.upsert(workspace, f"C{number}", f"p{number}", asked_by=None, now=NOW)
            await tx.cards.settle_sent(card, "17.1", NOW)
            await tx.cards.mark_pipeline_dirty(f"p{number}")
        claimed = await tx.cards.claim(NOW, 12, "one", limit=10, rates=RATES)
        assert [card.workspace for card in claimed] == ["T1", "T1", "T2"]
        assert await tx.cards.claim(_at(1), 12, "one", limit=10, rates=RATES) == []
        assert len(await tx.cards.claim(_at(1.5), 12, "one", limit=10, rates=RATES)) == 1


async def test_buckets_that_nobody_uses_are_forgotten(store: Store) -> None:
    async with store.begin() as tx:
        await tx.rate_limiter.take(POST, {C1: 1}, ONE_A_SECOND, now=NOW)
        assert await tx.rate_limiter.prune(_at(60)) == 0
        assert await tx.rate_limiter.prune(_at(7200)) == 1
