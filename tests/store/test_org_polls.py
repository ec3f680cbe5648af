from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=5)
LEASE_S = 60


async def test_an_organisation_is_listed_by_one_at_a_time_and_again_when_it_said(store: Store) -> None:
    async with store.begin() as tx:
        await tx.listings.ensure("gh/acme", NOW)
        await tx.listings.ensure("gh/acme", SOON)
        [listing] = await tx.listings.claim(NOW, LEASE_S, "one", 10)
        assert (listing.org, listing.reader, listing.newest_at, listing.error) == ("gh/acme", None, None, None)
        assert await tx.listings.claim(NOW, LEASE_S, "two", 10) == []
        await tx.listings.keep("gh/acme", "one", NOW + timedelta(seconds=2 * LEASE_S))
        assert await tx.listings.claim(NOW + timedelta(seconds=LEASE_S + 1), LEASE_S, "two", 10) == []
        await tx.listings.seen("gh/acme", "T/ada", NOW, SOON)
        await tx.listings.settle("gh/acme", SOON, 3, error="CircleCI is down.")
        assert await tx.listings.claim(NOW, LEASE_S, "two", 10) == []
        [listing] = await tx.listings.claim(SOON, LEASE_S, "two", 10)
    assert (listing.reader, listing.newest_at, listing.sought_at) == ("T/ada", NOW, SOON)
    assert (listing.idle_rounds, listing.error) == (3, "CircleCI is down.")


async def test_an_organisation_that_nobody_lists_is_forgotten(store: Store) -> None:
    async with store.begin() as tx:
        await tx.listings.ensure("gh/acme", NOW)
        await tx.listings.ensure("bb/acme", NOW)
        await tx.listings.drop("bb/acme")
        assert [listing.org for listing in await tx.listings.all()] == ["gh/acme"]
