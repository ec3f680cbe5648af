from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.arrivals import Listener
from bot.store.listening_processes import PROBE
from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


async def test_a_process_says_again_that_it_is_there(store: Store) -> None:
    older = Listener("b", NOW - timedelta(hours=2), connections=2, heard_at=NOW)
    async with store.begin() as tx:
        for one in (Listener("a", NOW - timedelta(hours=3)), older, Listener("a", NOW, refused_at=NOW)):
            await tx.listeners.upsert(one)
    async with store.begin() as tx:
        assert await tx.listeners.list_all() == [Listener("a", NOW, refused_at=NOW), older]
        await tx.listeners.prune(NOW)
        assert [one.holder for one in await tx.listeners.list_all()] == ["a"]
        await tx.listeners.delete("a")
        assert await tx.listeners.list_all() == []


async def test_who_only_tries_to_write_is_no_process_that_listens(store: Store) -> None:
    async with store.begin() as tx:
        await tx.listeners.upsert(Listener(PROBE, NOW))
        assert await tx.listeners.list_all() == []
    await store.check_writing()
