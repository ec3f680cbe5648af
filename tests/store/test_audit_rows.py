from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.audit_records import FIRST_HASH, AuditKind, AuditRecord, AuditResult, ChainedRecord
from bot.messages import AuditEntry
from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
APPROVED = AuditRecord(
    workspace="T1", at=NOW, kind=AuditKind.ACT, act="approve", user="UADA", pipeline_id="p1", what="Approved `hold`"
)
MUTED = replace(APPROVED, kind=AuditKind.RULE, act="mute", pipeline_id="", what="2 h", detail={"until": "14:00"})


async def _record(store: Store, *records: AuditRecord) -> None:
    async with store.begin() as tx:
        for record in records:
            tx.record(record)


async def _record_and_fail(store: Store) -> None:
    async with store.begin() as tx:
        tx.record(APPROVED)
        raise RuntimeError


async def _load(store: Store, workspace: str = "T1") -> list[ChainedRecord]:
    async with store.begin_read() as tx:
        return await tx.audit.list_chain(workspace)


async def test_a_row_holds_the_hash_of_the_one_before_and_each_workspace_has_a_chain(store: Store) -> None:
    await _record(store, APPROVED, replace(APPROVED, workspace="T2"), MUTED)
    await _record(store, APPROVED)
    first, second, third = await _load(store)
    assert [one.seq for one in (first, second, third)] == [1, 2, 3]
    assert (first.prev_hash, second.prev_hash, third.prev_hash) == (FIRST_HASH, first.hash, second.hash)
    assert [one.compute_hash() for one in (first, second, third)] == [first.hash, second.hash, third.hash]
    assert (first.record, second.record) == (APPROVED, MUTED)
    assert [one.prev_hash for one in await _load(store, "T2")] == [FIRST_HASH]


async def test_what_is_rolled_back_is_not_recorded(store: Store) -> None:
    with pytest.raises(RuntimeError):
        await _record_and_fail(store)
    await _record(store, MUTED)
    assert [one.record for one in await _load(store)] == [MUTED]


async def test_two_processes_never_add_after_the_same_row(store: Store, other_replica: Store) -> None:
    both = [_record(one, replace(APPROVED, what=str(n))) for n in range(20) for one in (store, other_replica)]
    await asyncio.gather(*both)
    chain = await _load(store)
    assert [one.seq for one in chain] == list(range(1, 41))
    assert [one.prev_hash for one in chain[1:]] == [one.hash for one in chain[:-1]]


async def test_what_is_recorded_is_bounded_on_one_line_and_holds_no_token(store: Store) -> None:
    token = "CCIPAT_" + "a1B2" * 12
    detail = {"deep": [{"value": token}], "many": ["y"] * 900}
    odd = replace(MUTED, what=f"a\nb \x00{token} " + "x" * 5000, detail=detail)
    await _record(store, odd)
    (kept,) = await _load(store)
    assert kept.record.what.startswith("a b ****")
    assert len(kept.record.what) == 1000
    assert kept.record.detail["deep"] == [{"value": "****"}]
    assert len(kept.record.detail["many"]) == 60
    assert kept.compute_hash() == kept.hash


async def test_the_deeds_of_a_pipeline_come_oldest_first(store: Store) -> None:
    rerun = replace(APPROVED, user="UGRACE", what="Rerun", at=NOW + timedelta(minutes=1))
    failed = replace(APPROVED, result=AuditResult.FAILED)
    await _record(store, rerun, APPROVED, failed, replace(APPROVED, pipeline_id="p2"))
    async with store.begin_read() as tx:
        found = await tx.audit.list_for_pipeline("p1")
        assert await tx.audit.list_for_pipeline("p3") == []
    assert found == [
        AuditEntry("p1", "T1", "UADA", "Approved `hold`", NOW),
        AuditEntry("p1", "T1", "UGRACE", "Rerun", NOW + timedelta(minutes=1)),
    ]


async def test_what_a_person_did_comes_newest_first_and_of_nobody_else(store: Store) -> None:
    mine = [replace(APPROVED, pipeline_id=f"p{n}", at=NOW + timedelta(minutes=n)) for n in range(3)]
    await _record(store, *mine, replace(mine[0], user="UGRACE"), replace(mine[0], workspace="T2"))
    async with store.begin_read() as tx:
        found = await tx.audit.list_by_user("T1", "UADA", 2)
    assert [one.pipeline_id for one in found] == ["p2", "p1"]


async def test_what_was_done_to_a_schedule_is_found_by_its_id_in_its_workspace(store: Store) -> None:
    made = replace(APPROVED, act="schedules", detail={"circleci": [{"asked": "POST", "ids": {"id": "one"}}]}, what="")
    paused = replace(made, user="UGRACE", detail={"circleci": [{"asked": "PATCH /schedule/one"}]})
    others = (replace(made, workspace="T2"), replace(made, result=AuditResult.FAILED), replace(made, act="webhooks"))
    await _record(store, made, paused, *others)
    async with store.begin_read() as tx:
        assert await tx.audit.list_for_schedule("T1", "one") == [made, paused]
        assert not await tx.audit.list_for_schedule("T1", "o%e")
