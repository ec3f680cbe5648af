from __future__ import annotations

from dataclasses import replace
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


async def test_what_a_person_did_comes_newest_first_and_of_nobody_else(store: Store) -> None:
    mine = [AuditEntry(f"p{number}", "T1", "UADA", "Rerun", NOW) for number in range(3)]
    async with store.begin() as tx:
        others = [replace(mine[0], user="UGRACE"), replace(mine[0], workspace="T2")]
        for entry in (*mine, *others):
            await tx.audit.insert(entry)
        assert await tx.audit.list_by_user("T1", "UADA", 2) == [mine[2], mine[1]]
