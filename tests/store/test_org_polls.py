from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=5)
LEASE_S = 60


async def test_an_organisation_is_listed_by_one_at_a_time_and_again_when_it_said(store: Store) -> None:
    async with store.begin() as tx:
        await tx.org_polls.insert("gh/acme", NOW)
        await tx.org_polls.insert("gh/acme", SOON)
        [listing] = await tx.org_polls.claim(NOW, LEASE_S, "one", limit=10)
        assert (listing.org, listing.reader, listing.newest_at, listing.error) == ("gh/acme", None, None, None)
        assert await tx.org_polls.claim(NOW, LEASE_S, "two", limit=10) == []
        await tx.org_polls.renew("gh/acme", "one", NOW + timedelta(seconds=2 * LEASE_S))
        assert await tx.org_polls.claim(NOW + timedelta(seconds=LEASE_S + 1), LEASE_S, "two", limit=10) == []
        await tx.org_polls.mark_listed("gh/acme", "T/ada", NOW, sought_at=SOON)
        await tx.org_polls.settle("gh/acme", SOON, 3, error="CircleCI is down.")
        assert await tx.org_polls.claim(NOW, LEASE_S, "two", limit=10) == []
        [listing] = await tx.org_polls.claim(SOON, LEASE_S, "two", limit=10)
    assert (listing.reader, listing.newest_at, listing.sought_at) == ("T/ada", NOW, SOON)
    assert (listing.idle_rounds, listing.error) == (3, "CircleCI is down.")


async def test_an_organisation_that_nobody_lists_is_forgotten(store: Store) -> None:
    async with store.begin() as tx:
        await tx.org_polls.insert("gh/acme", NOW)
        await tx.org_polls.insert("bb/acme", NOW)
        await tx.org_polls.delete("bb/acme")
        assert [listing.org for listing in await tx.org_polls.list_all()] == ["gh/acme"]
