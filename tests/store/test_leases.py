from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=60)


async def test_a_lease_has_one_holder_until_it_runs_out(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.leases.claim_or_renew("prune", "one", SOON, NOW)
        assert not await tx.leases.claim_or_renew("prune", "two", SOON, NOW)
        assert await tx.leases.claim_or_renew("prune", "two", SOON + timedelta(seconds=60), SOON + timedelta(seconds=1))
        assert not await tx.leases.claim_or_renew("prune", "one", SOON, SOON + timedelta(seconds=2))


async def test_its_holder_may_keep_a_lease(store: Store) -> None:
    async with store.begin() as tx:
        assert await tx.leases.claim_or_renew("prune", "one", SOON, NOW)
        assert await tx.leases.claim_or_renew("prune", "one", SOON + timedelta(seconds=60), NOW + timedelta(seconds=30))
        assert not await tx.leases.claim_or_renew("prune", "two", SOON, SOON + timedelta(seconds=30))
