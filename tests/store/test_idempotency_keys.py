from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.store.idempotency_keys import IdempotencyRecord
from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


async def _begin(store: Store, user: str) -> IdempotencyRecord | None:
    async with store.begin() as tx:
        return await tx.idempotency_keys.begin("T1:press-1", "T1", user, now=NOW)


async def test_an_act_is_begun_once_however_many_press_at_the_same_time(store: Store, other_replica: Store) -> None:
    people = [f"U{number}" for number in range(10)]
    begun = await asyncio.gather(*(_begin(at, user) for user in people for at in (store, other_replica)))
    assert begun.count(None) == 1
    assert {act.state for act in begun if act} == {"started"}
    assert len({act.user for act in begun if act}) == 1


async def test_who_comes_later_hears_what_came_of_it(store: Store) -> None:
    assert await _begin(store, "UADA") is None
    async with store.begin() as tx:
        await tx.idempotency_keys.end("T1:press-1", "done", "Approved.", now=NOW + timedelta(seconds=1))
    earlier = await _begin(store, "UGRACE")
    assert earlier
    assert (earlier.user, earlier.state, earlier.result) == ("UADA", "done", "Approved.")
    assert earlier.began_at == NOW


async def test_an_act_whose_answer_was_lost_stays_unknown(store: Store) -> None:
    await _begin(store, "UADA")
    async with store.begin() as tx:
        await tx.idempotency_keys.end("T1:press-1", "unknown", "It may have happened.", now=NOW)
    earlier = await _begin(store, "UADA")
    assert earlier
    assert (earlier.state, earlier.result) == ("unknown", "It may have happened.")


async def test_an_act_that_failed_for_sure_may_be_begun_again(store: Store) -> None:
    await _begin(store, "UADA")
    async with store.begin() as tx:
        await tx.idempotency_keys.delete("T1:press-1")
        assert await tx.idempotency_keys.find("T1:press-1") is None
    assert await _begin(store, "UGRACE") is None


async def test_whoever_is_told_that_nobody_began_it_has_begun_it(store: Store, other_replica: Store) -> None:
    """Begin and forget race; however it comes out, an act that may go ahead is written down."""

    async def press(at: Store, user: str) -> None:
        for _ in range(25):
            if await _begin(at, user) is None:
                async with at.begin() as tx:
                    act = await tx.idempotency_keys.find("T1:press-1")
                    assert act
                    assert act.user == user
                    await tx.idempotency_keys.delete("T1:press-1")

    await asyncio.gather(press(store, "UADA"), press(other_replica, "UGRACE"), press(store, "UEVE"))


async def test_old_acts_are_pruned(store: Store) -> None:
    await _begin(store, "UADA")
    async with store.begin() as tx:
        assert await tx.idempotency_keys.prune(NOW) == 0
        assert await tx.idempotency_keys.prune(NOW + timedelta(seconds=1)) == 1
        assert await tx.idempotency_keys.find("T1:press-1") is None
