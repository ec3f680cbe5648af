"""The record is pruned by kind and stays whole, its end is told once a day, and an act without an end is recorded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.actions.audit_reading import verify_chain
from bot.actions.known_heads import KnownHeads
from bot.domain.audit_records import AuditKind, AuditRecord
from bot.notify.upkeep.audit_upkeep import AuditUpkeep, parse_retention
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
OLD = NOW - timedelta(days=40)
READ = AuditRecord(workspace="T1", at=OLD, kind=AuditKind.READ, act="doctor", result="refused", user="UADA")


class FixedClock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    one = Store(await create_database(tmp_path), Vault([generate_key()]))
    yield one
    await one.close()


async def _upkeep(store: Store, retention: str = "") -> None:
    kept = parse_retention(retention)
    await AuditUpkeep(store=store, clock=FixedClock(), holder="me", kept=kept, heads=KnownHeads(None)).run(NOW)


async def _record(store: Store, *records: AuditRecord) -> None:
    async with store.begin() as tx:
        for record in records:
            tx.record(record)


async def test_what_is_pruned_is_told_and_the_chain_stays_whole_whatever_is_pruned_next(store: Store) -> None:
    rule = replace(READ, kind=AuditKind.RULE, act="mute")
    await _record(store, READ, READ, rule, READ, replace(READ, at=NOW), rule)
    await _upkeep(store, "read=30")
    await _upkeep(store, "read=30,rule=30")
    reading, fault = await verify_chain(store, "T1")
    assert fault is None
    assert [mark.record.act for mark in reading.marks] == ["pruned", "pruned"]
    async with store.begin_read() as tx:
        left = await tx.audit.list_chain("T1")
    assert [(row.seq, row.record.kind) for row in left] == [(5, "read"), (7, "chain"), (8, "chain")]


async def test_many_scattered_rows_are_pruned_in_several_steps(store: Store) -> None:
    rule = replace(READ, kind=AuditKind.RULE, act="mute")
    await _record(store, *([READ, rule] * 100))
    await _upkeep(store, "read=30")
    reading, fault = await verify_chain(store, "T1")
    assert (fault, reading.count, len(reading.marks)) == (None, 103, 3)


async def test_nothing_is_pruned_unless_it_is_said_and_acts_stay_as_long_as_cards_name_them(store: Store) -> None:
    await _record(store, READ, replace(READ, at=NOW - timedelta(days=20), kind=AuditKind.ACT))
    await _upkeep(store)
    await _upkeep(store, "act=1,chain=1")
    async with store.begin_read() as tx:
        assert len(await tx.audit.list_chain("T1")) == 2


async def test_the_end_of_the_chain_is_told_once_a_day(store: Store) -> None:
    await _record(store, READ)
    async with store.begin() as tx:
        await tx.audit_channels.set_daily("T1", "C1", daily=True)
    await _upkeep(store)
    await _upkeep(store)
    async with store.begin() as tx:
        (told,) = await tx.outbox.claim(NOW, 60, "me", limit=9)
        head = await tx.audit.find_head("T1")
    assert head
    assert head.hash in told.message.text


async def test_an_act_of_which_nobody_told_the_end_is_recorded_once_as_unknown(store: Store) -> None:
    began = NOW - timedelta(minutes=20)
    async with store.begin() as tx:
        await tx.idempotency_keys.begin("k", "T1", "UADA", act="cancel", now=began)
        await tx.idempotency_keys.begin("young", "T1", "UADA", act="rerun", now=NOW)
    await _upkeep(store)
    await _upkeep(store)
    async with store.begin_read() as tx:
        (row,) = await tx.audit.list_chain("T1")
    assert (row.record.act, row.record.result, row.record.user) == ("cancel", "unknown", "UADA")
