"""A database that somebody put back by hand is seen by what lies beside it; chains go on from a row that says so."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.actions.audit_feed import AuditFeed
from bot.actions.audit_reading import verify_chain
from bot.actions.known_heads import KnownHeads, build_known_heads
from bot.actions.purge import purge_workspace
from bot.actions.put_back import record_put_back
from bot.domain.audit_records import AuditKind, AuditRecord, ChainHead, Door
from bot.settings import Settings
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
DONE = AuditRecord(workspace="T1", at=NOW, kind=AuditKind.ACT, act="approve", user="UADA")


@dataclass
class Machine:
    """Its folder has a database, and what remembers where the chains end."""

    url: str
    store: Store
    heads: KnownHeads

    @property
    def file(self) -> Path:
        return Path(self.url.removeprefix("sqlite:///"))

    async def add(self, count: int, workspace: str = "T1", what: str = "first") -> None:
        async with self.store.begin() as tx:
            for _ in range(count):
                tx.record(replace(DONE, workspace=workspace, what=what))

    async def put_back(self, copy: Path | None) -> None:
        """As `cp` would, while no process works; without a copy the database is a new one."""
        await self.store.close()
        if copy:
            shutil.copy(copy, self.file)
        else:
            await create_database(self.file.parent)
        self.store = build_store(self.url, self.heads)

    async def look(self) -> list[tuple[str, int]]:
        return [(head.workspace, head.seq) for head in await record_put_back(self.store, self.heads)]


def build_store(url: str, heads: KnownHeads) -> Store:
    return Store(url, Vault([generate_key()]), outlet=AuditFeed("none", heads))


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    url = await create_database(tmp_path)
    settings = Settings(_env_file=None, database_url=url)
    heads = build_known_heads(settings)
    one = Machine(url, build_store(url, heads), heads)
    await one.add(3)
    await one.add(1, "T2")
    yield one
    await one.store.close()


async def _copy(machine: Machine) -> Path:
    """At rest, as a copy of the disk has it."""
    await machine.store.close()
    machine.store = build_store(machine.url, machine.heads)
    return Path(shutil.copy(machine.file, machine.file.with_name("copy.db")))


async def test_a_copy_that_was_put_back_says_so_once_and_the_chain_goes_on(machine: Machine) -> None:
    copy = await _copy(machine)
    await machine.add(2)
    assert await machine.look() == []
    await machine.put_back(copy)
    with capture_logs() as logged:
        assert await machine.look() == [("T1", 5)]
    assert [line["event"] for line in logged] == ["database.put_back"]
    assert await machine.store.is_catching_up(), "what waits is looked for before it is posted"
    assert await machine.look() == []
    await machine.add(1)
    reading, fault = await verify_chain(machine.store, "T1")
    assert (fault, reading.count) == (None, 5)
    assert [mark.record.act for mark in reading.marks] == ["restored"]
    assert "row 5 of T1, which was there, is not" in reading.marks[0].record.what


async def test_it_is_seen_after_the_old_chain_went_on_too(machine: Machine) -> None:
    copy = await _copy(machine)
    await machine.add(2)
    known = await machine.heads.load()
    await machine.put_back(copy)
    await machine.add(9, what="second")
    await machine.heads.replace(known)
    assert await machine.look() == [("T1", 5)]


async def test_another_database_says_so_where_operators_read(machine: Machine) -> None:
    await machine.put_back(None)
    assert await machine.look() == [("T1", 3), ("T2", 1)]
    async with machine.store.begin_read() as tx:
        assert [row.record.act for row in await tx.audit.list_chain("*")] == ["restored", "restored"]


async def test_what_was_pruned_or_purged_is_not_missed(machine: Machine) -> None:
    known = await machine.heads.load()
    async with machine.store.begin() as tx:
        runs = await tx.audit.prune("T1", AuditKind.ACT, datetime.now(UTC))
        tx.record(replace(DONE, kind=AuditKind.CHAIN, act="pruned", detail={"pruned": runs}))
        await tx.uninstalls.mark_uninstalled("T2", NOW)
        await purge_workspace(tx, "T2", now=NOW, door=Door.CONSOLE)
    await machine.heads.replace(known)
    assert await machine.look() == []


async def test_a_file_that_is_broken_or_cannot_be_written_stops_nobody(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "circlebot.db.heads").write_text("[1")
    assert await machine.look() == []
    assert {head.seq for head in await machine.heads.load()} == {3, 1}
    (tmp_path / "circlebot.db.heads").unlink()
    with capture_logs() as logged:
        assert [head.seq for head in (*await machine.heads.load(), *await machine.heads.load())] == [3, 1, 3, 1]
    assert [line["event"] for line in logged] == ["audit.head_not_read"]
    nowhere = KnownHeads(tmp_path / "none" / "heads")
    with capture_logs() as logged:
        await nowhere.replace(await machine.heads.load())
    assert [line["event"] for line in logged] == ["audit.head_not_kept"]


async def test_a_copy_is_seen_where_the_file_was_put_back_with_it(machine: Machine) -> None:
    copy, file = await _copy(machine), machine.file.with_name("circlebot.db.heads")
    before = file.read_text()
    await machine.add(2)
    await machine.put_back(copy)
    file.write_text(before)
    assert await machine.look() == [("T1", 5)], "the process knows"


async def test_what_another_process_told_of_is_not_told_again(machine: Machine) -> None:
    copy = await _copy(machine)
    await machine.add(2)
    known = await machine.heads.load()
    await machine.put_back(copy)
    assert await machine.look() == [("T1", 5)]
    other = KnownHeads(None)
    await other.replace(known)
    assert await record_put_back(machine.store, other) == []


@pytest.mark.parametrize("rows", [2, 9])
async def test_who_comes_back_after_a_purge_is_not_missed_by_another_process(machine: Machine, rows: int) -> None:
    """Of which nobody told it; also when the receipt is old."""
    other = KnownHeads(None)
    await other.replace(await machine.heads.load())
    async with machine.store.begin() as tx:
        await tx.uninstalls.mark_uninstalled("T1", NOW)
        await purge_workspace(tx, "T1", now=NOW, door=Door.CONSOLE)
    async with machine.store.begin() as tx:
        assert await tx.audit.prune("*", AuditKind.INSTALL, datetime.now(UTC)) == []
    await machine.add(rows)
    assert await record_put_back(machine.store, other) == []
    await other.replace([ChainHead("T1", 4, "of the chain that began anew")])
    assert bool(await record_put_back(machine.store, other))


def _list_names(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]


async def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """A limit of the size of files stands for it: the write begins, and does not end."""
    heads, file = KnownHeads(tmp_path / "db.heads"), tmp_path / "db.heads"
    await heads.replace([ChainHead("T1", 3, "5f2c")])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, before[1]))
    try:
        with capture_logs() as logged:
            await heads.replace([ChainHead("T1", 4, "77aa")])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [line["event"] for line in logged] == ["audit.head_not_kept"]
    assert (file.read_text(), _list_names(tmp_path)) == ('{"T1": [3, "5f2c"]}', ["db.heads"])
    assert await heads.load() == [ChainHead("T1", 4, "77aa")], "this process knows"
    await heads.replace(await heads.load())
    assert file.read_text() == '{"T1": [4, "77aa"]}'


async def test_a_slow_disk_holds_up_nobody_else(tmp_path: Path) -> None:
    """A pipe whose other end says nothing until the event loop has done something else."""
    heads, file, others = KnownHeads(tmp_path / "db.heads"), tmp_path / "db.heads", threading.Event()
    os.mkfifo(file)

    def answer() -> bool:
        waited = others.wait(10)
        file.write_text('{"T1": [3, "5f2c"]}')
        return waited

    async with asyncio.TaskGroup() as group:
        disk = group.create_task(asyncio.to_thread(answer))
        read = group.create_task(heads.load())
        await asyncio.sleep(0)
        others.set()
    assert (disk.result(), read.result()) == (True, [ChainHead("T1", 3, "5f2c")])


async def test_beside_a_log_of_rows_where_the_database_is_a_servers(tmp_path: Path) -> None:
    log_to = str(tmp_path / "audit.jsonl")
    given = {"database_url": "postgresql://localhost/c", "audit_log": log_to}
    heads = build_known_heads(Settings(_env_file=None, **given))  # type: ignore[arg-type] # as it is set
    await heads.replace([ChainHead("T1", 3, "5f2c")])
    assert (tmp_path / "audit.jsonl.heads").read_text() == '{"T1": [3, "5f2c"]}'
