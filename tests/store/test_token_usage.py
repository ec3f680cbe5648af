from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.store.polled_projects import Payer
from bot.store.store import Store
from bot.store.token_usage import Spent

NOW = datetime(2026, 1, 5, 12, 3, tzinfo=UTC)
ADA, SERVICE = Payer("T", "UADA"), Payer()


async def test_what_all_processes_asked_is_added_up_by_token_for_an_hour(store: Store, other_replica: Store) -> None:
    for one in (store, other_replica):
        async with one.begin() as tx:
            await tx.spending.add(ADA, 5, None, NOW)
            await tx.spending.add(SERVICE, 30, 100, NOW + timedelta(minutes=40))
    async with store.read() as tx:
        assert await tx.spending.of_the_last_hour(NOW + timedelta(minutes=45)) == [
            Spent(SERVICE, 60, 100),
            Spent(ADA, 10, None),
        ]
        assert await tx.spending.of_the_last_hour(NOW + timedelta(minutes=65)) == [Spent(SERVICE, 60, 100)]


async def test_hours_that_are_over_are_forgotten(store: Store) -> None:
    async with store.begin() as tx:
        await tx.spending.add(ADA, 5, None, NOW)
        await tx.spending.prune(NOW + timedelta(hours=1))
        assert await tx.spending.of_the_last_hour(NOW)
        await tx.spending.prune(NOW + timedelta(hours=3))
        assert not await tx.spending.of_the_last_hour(NOW)
