from __future__ import annotations

from datetime import UTC, datetime

from bot.messages import AuditEntry
from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


async def test_the_deeds_of_a_pipeline_come_oldest_first(store: Store) -> None:
    approved = AuditEntry("p1", "T1", "UADA", "Approved by @ada", NOW)
    rerun = AuditEntry("p1", "T1", "UGRACE", "Rerun by @grace", NOW)
    async with store.begin() as tx:
        await tx.audit.insert(approved)
        await tx.audit.insert(rerun)
        await tx.audit.insert(AuditEntry("p2", "T1", "UADA", "Cancelled by @ada", NOW))
        assert await tx.audit.list_for_pipeline("p1") == [approved, rerun]
        assert await tx.audit.list_for_pipeline("p3") == []
