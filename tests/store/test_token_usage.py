from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.project_feeds import TokenOwner
from bot.store.store import Store
from bot.store.token_usage import TokenUsage

NOW = datetime(2026, 1, 5, 12, 3, tzinfo=UTC)
ADA, SERVICE = TokenOwner("T", "UADA"), TokenOwner()


async def test_what_all_processes_asked_is_added_up_by_token_for_an_hour(store: Store, other_replica: Store) -> None:
    for one in (store, other_replica):
        async with one.begin() as tx:
            await tx.token_usage.add(ADA, 5, None, now=NOW)
            await tx.token_usage.add(SERVICE, 30, 100, now=NOW + timedelta(minutes=40))
    async with store.begin_read() as tx:
        assert await tx.token_usage.list_last_hour(NOW + timedelta(minutes=45)) == [
            TokenUsage(SERVICE, 60, 100),
            TokenUsage(ADA, 10, None),
        ]
        assert await tx.token_usage.list_last_hour(NOW + timedelta(minutes=65)) == [TokenUsage(SERVICE, 60, 100)]


async def test_hours_that_are_over_are_forgotten(store: Store) -> None:
    async with store.begin() as tx:
        await tx.token_usage.add(ADA, 5, None, now=NOW)
        await tx.token_usage.prune(NOW + timedelta(hours=1))
        assert await tx.token_usage.list_last_hour(NOW)
        await tx.token_usage.prune(NOW + timedelta(hours=3))
        assert not await tx.token_usage.list_last_hour(NOW)
