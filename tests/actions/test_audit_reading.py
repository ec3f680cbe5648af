"""What was done to the rows of a chain is found, can be accepted, and is seen for good; read at once or in parts."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.actions.audit_reading import find_breaks, verify_chain
from bot.actions.chain_walk import find_fault, read_chains
from bot.domain.audit_chain import ChainReading, PrunedRun
from bot.domain.audit_records import AuditKind, AuditRecord
from bot.operating.audit_commands import record_breaks
from bot.operating.process import CommandFailed
from bot.store.store import Store, Tx
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
DONE = AuditRecord(workspace="T1", at=NOW, kind=AuditKind.ACT, act="approve", user="UADA")

BROKEN = [
    (["UPDATE audit SET user = 'UEVE' WHERE workspace = 'T1' AND seq = 3"], "row 3 was changed", 1),
    (["UPDATE audit SET detail = 'no json' WHERE workspace = 'T1' AND seq = 2"], "row 2 was changed", 1),
    (["UPDATE audit SET user = 'UEVE' WHERE workspace = 'T1' AND seq IN (1, 4, 5)"], "row 1 was changed", 2),
    (["DELETE FROM audit WHERE workspace = 'T1' AND seq = 3"], "row 3 is missing", 1),
    (["DELETE FROM audit WHERE workspace = 'T1' AND seq < 3"], "rows 1 to 2 are missing", 1),
    (["DELETE FROM audit WHERE workspace = 'T1' AND seq > 3"], "rows 4 to 5 are missing", 1),
    (["DELETE FROM audit WHERE workspace = 'T1'"], "rows 1 to 5 are missing", 1),
    (["DELETE FROM audit_heads WHERE workspace = 'T1'"], "nothing says any more where the chain ends", 0),
    (["UPDATE audit_heads SET seq = 2 WHERE workspace = 'T1'"], "the chain does not end where its head says", 0),
    (["UPDATE audit_heads SET hash = '' WHERE workspace = 'T1'"], "the chain does not end where its head says", 1),
    (
        [
            "UPDATE audit SET seq = 90 WHERE workspace = 'T1' AND seq = 2",
            "UPDATE audit SET seq = 2 WHERE workspace = 'T1' AND seq = 3",
            "UPDATE audit SET seq = 3 WHERE workspace = 'T1' AND seq = 90",
        ],
        "row 2 was changed, or is not where it was written",
        1,
    ),
]


@dataclass
class Record:
    """Five rows of T1, and one of another workspace."""

    store: Store
    file: Path

    def change(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.file)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    async def add(self, count: int, workspace: str = "T1") -> None:
        async with self.store.begin() as tx:
            for number in range(count):
                tx.record(replace(DONE, workspace=workspace, what=str(number)))

    async def accept(self, why: str) -> None:
        await record_breaks(self.store, "T1", why, shown=await find_breaks(self.store, "T1"))

    async def prune(self) -> list[PrunedRun]:
        return await _prune(self.store)

    async def read(self) -> tuple[ChainReading, str]:
        reading, fault = await verify_chain(self.store, "T1")
        return reading, fault.said if fault else ""

    async def find_kept_fault(self) -> str:
        """What upkeep has found, or the last rows show."""
        async with self.store.begin_read() as tx:
            found = await find_fault(tx, "T1", NOW)
        return found[0].said if found else ""


async def _prune(store: Store) -> list[PrunedRun]:
    async with store.begin() as tx:
        runs = await tx.audit.prune("T1", AuditKind.ACT, NOW + timedelta(seconds=1))
        tx.record(replace(DONE, kind=AuditKind.CHAIN, act="pruned", detail={"pruned": runs}))
    return runs


class PrunedMeanwhile(Store):
    """Its rows go, and then new ones come, after the first look at them."""

    looks = 0

    @asynccontextmanager
    async def begin_read(self) -> AsyncIterator[Tx]:
        self.looks += 1
        if self.looks == 2:
            await _prune(self)
        async with super().begin_read() as tx:
            yield tx


@pytest.fixture
async def record(tmp_path: Path) -> AsyncIterator[Record]:
    url = await create_database(tmp_path)
    store = Store(url, Vault([generate_key()]))
    one = Record(store, Path(url.removeprefix("sqlite:///")))
    await one.add(5)
    await one.add(1, "T2")
    yield one
    await store.close()


@pytest.mark.parametrize(("statements", "said", "breaks"), BROKEN)
async def test_each_break_is_found_by_whoever_reads_and_goes_on_once_it_is_accepted(
    record: Record, statements: list[str], said: str, breaks: int
) -> None:
    record.change(*statements)
    assert said in (await record.read())[1]
    assert said in await record.find_kept_fault(), "the doctor sees the last rows"
    with capture_logs() as logged:
        await read_chains(record.store, NOW)
        await read_chains(record.store, LATER)
    assert [(line["event"], line["workspace"]) for line in logged] == [("audit.broken", "T1")]
    assert said in await record.find_kept_fault()
    await record.accept("mine")
    await record.add(2)
    reading, fault = await record.read()
    assert (fault, len(reading.accepted)) == ("", breaks)
    await read_chains(record.store, LATER)
    assert await record.find_kept_fault() == ""


async def test_what_was_accepted_is_a_break_again_when_its_rows_change_again(record: Record) -> None:
    record.change("UPDATE audit SET user = 'UEVE' WHERE workspace = 'T1' AND seq = 3")
    await record.accept("mine")
    record.change("UPDATE audit SET user = 'UGUS' WHERE workspace = 'T1' AND seq = 3")
    assert (await record.read())[1] == "row 3 changed since that break was accepted"
    await record.accept("mine, too")
    assert (await record.read())[1] == ""


async def test_a_long_chain_is_read_in_parts_and_again_after_a_day(record: Record) -> None:
    await record.add(1_200)
    for minutes in (0, 10, 20):
        await read_chains(record.store, NOW + timedelta(minutes=minutes), at_once=500)
    async with record.store.begin_read() as tx:
        check = await tx.audit_checks.find("T1")
    assert check
    assert (check.seq, check.whole_at) == (1205, NOW + timedelta(minutes=20))
    record.change("UPDATE audit SET user = 'UEVE' WHERE workspace = 'T1' AND seq = 3")
    await read_chains(record.store, NOW + timedelta(minutes=30))
    assert await record.find_kept_fault() == "", "its turn comes tomorrow"
    await read_chains(record.store, NOW + timedelta(days=1))
    assert await record.find_kept_fault() == "row 3 was changed, or is not where it was written"


async def test_rows_that_are_pruned_at_the_place_where_reading_stopped_break_nothing(record: Record) -> None:
    await read_chains(record.store, NOW)
    await record.prune()
    await record.add(2)
    await read_chains(record.store, LATER)
    assert await record.find_kept_fault() == ""
    assert (await record.read())[1] == ""


async def test_pruning_leaves_the_rows_at_an_accepted_break(record: Record) -> None:
    record.change("UPDATE audit SET user = 'UEVE' WHERE workspace = 'T1' AND seq = 3")
    await record.accept("mine")
    runs = await record.prune()
    assert [(run.first, run.last) for run in runs] == [(1, 1), (5, 5)]
    assert (await record.read())[1] == ""


async def test_rows_that_are_pruned_while_somebody_reads_break_nothing(record: Record) -> None:
    store = PrunedMeanwhile(f"sqlite:///{record.file}", Vault([generate_key()]))
    reading, fault = await verify_chain(store, "T1")
    await store.close()
    assert (fault, reading.count, store.looks > 2) == (None, 1, True)
    record.change("UPDATE audit SET user = 'UEVE' WHERE workspace = 'T1' AND seq = 6")
    assert (await record.read())[1] == "row 6 was changed, or is not where it was written"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET user = 'UEVE' WHERE workspace = 'T1' AND seq = 5",
        "UPDATE audit SET user = 'UGUS' WHERE workspace = 'T1' AND seq = 3",
        "UPDATE audit_heads SET seq = 2 WHERE workspace = 'T1'",
    ],
)
async def test_nothing_is_accepted_but_what_was_shown(record: Record, statement: str) -> None:
    record.change("UPDATE audit SET user = 'UEVE' WHERE workspace = 'T1' AND seq = 3")
    shown = await find_breaks(record.store, "T1")
    await record.add(1)
    record.change(statement)
    with pytest.raises(CommandFailed, match="changed while you looked"):
        await record_breaks(record.store, "T1", "mine", shown=shown)
    assert "row 3 was changed" in (await record.read())[1]


async def test_rows_that_are_added_behind_what_was_shown_change_nothing(record: Record) -> None:
    record.change("UPDATE audit SET user = 'UEVE' WHERE workspace = 'T1' AND seq = 3")
    shown = await find_breaks(record.store, "T1")
    await record.add(1)
    await record_breaks(record.store, "T1", "mine", shown=shown)
    assert (await record.read())[1] == ""
