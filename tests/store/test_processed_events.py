from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


async def test_a_delivery_is_seen_first_once_in_whichever_replica(store: Store, other_replica: Store) -> None:
    async def first(at: Store) -> bool:
        async with at.begin() as tx:
            return await tx.processed_events.insert("slack:Ev1", NOW)

    assert sorted(await asyncio.gather(*(first(at) for at in (store, other_replica) * 5))) == [False] * 9 + [True]


async def test_old_deliveries_are_forgotten(store: Store) -> None:
    async with store.begin() as tx:
        await tx.processed_events.insert("slack:Ev1", NOW)
        await tx.processed_events.insert("slack:Ev2", NOW + timedelta(days=1))
        assert await tx.processed_events.prune(NOW + timedelta(hours=1)) == 1
        assert await tx.processed_events.insert("slack:Ev1", NOW)
        assert not await tx.processed_events.insert("slack:Ev2", NOW)
