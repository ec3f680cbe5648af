from __future__ import annotations

from datetime import UTC, datetime

from bot.store.audit import Deed
from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


async def test_the_deeds_of_a_pipeline_come_oldest_first(store: Store) -> None:
    approved = Deed("p1", "T1", "UADA", "Approved by @ada", NOW)
    rerun = Deed("p1", "T1", "UGRACE", "Rerun by @grace", NOW)
    async with store.begin() as tx:
        await tx.deeds.add(approved)
        await tx.deeds.add(rerun)
        await tx.deeds.add(Deed("p2", "T1", "UADA", "Cancelled by @ada", NOW))
        assert await tx.deeds.of("p1") == [approved, rerun]
        assert await tx.deeds.of("p3") == []
