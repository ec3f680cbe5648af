"""`circlebot audit`, as people start it, and what it finds when somebody has worked on the rows."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.audit_records import AuditKind, AuditRecord
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.programs import ProgramResult, run_circlebot

NOW = datetime.now(UTC)
APPROVED = AuditRecord(
    workspace="T1",
    at=NOW,
    kind=AuditKind.ACT,
    act="approve",
    user="UADA",
    login="ada",
    project="gh/acme/web",
    what="+1",
)


@dataclass
class Database:
    folder: Path
    environment: dict[str, str]

    async def audit(self, *words: str) -> ProgramResult:
        return await self.run("audit", *words)

    async def run(self, *words: str) -> ProgramResult:
        return await run_circlebot(*words, env=self.environment, cwd=self.folder)

    def change(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.environment["DATABASE_URL"].removeprefix("sqlite:///"))) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()


@pytest.fixture
async def database(tmp_path: Path) -> Database:
    """Five rows of one workspace and one of another; the first is ten days old."""
    environment = {"DATABASE_URL": await create_database(tmp_path), "ENCRYPTION_KEYS": generate_key()}
    store = Store(environment["DATABASE_URL"], Vault([environment["ENCRYPTION_KEYS"]]))
    old = replace(APPROVED, at=NOW - timedelta(days=10), what="old")
    async with store.begin() as tx:
        for record in (old, *(replace(APPROVED, pipeline_number=number) for number in range(1, 5))):
            tx.record(record)
        tx.record(replace(APPROVED, workspace="T2"))
    await store.close()
    return Database(tmp_path, environment)


async def test_rows_come_as_lines_as_json_and_as_a_table_that_runs_no_formula(database: Database) -> None:
    lines = (await database.audit()).out.splitlines()
    assert len(lines) == 6
    assert "UADA (ada)  approve: done  gh/acme/web old" in lines[0]
    rows = [json.loads(line) for line in (await database.audit("--json", "--workspace", "T1")).out.splitlines()]
    assert [row["seq"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[1]["prev_hash"] == rows[0]["hash"]
    table = list(csv.DictReader(io.StringIO((await database.audit("--csv", "--workspace", "T1", "--since", "2d")).out)))
    assert [row["what"] for row in table] == ["'+1"] * 4
    assert (await database.audit("--since", "soon")).code == 1
    assert (await database.audit("--json", "--csv")).code == 1


async def test_reading_the_record_is_recorded(database: Database) -> None:
    await database.audit("--json", "--workspace", "T1")
    (row,) = [json.loads(line) for line in (await database.audit("--json", "--workspace", "*")).out.splitlines()]
    assert (row["act"], row["door"], row["what"]) == ("audit", "console", "5 rows of T1")


async def test_a_chain_that_nobody_touched_is_whole(database: Database) -> None:
    done = await database.audit("verify")
    assert done.code == 0
    assert "T1: 5 rows, each as it was written. Head: " in done.out


async def test_what_does_not_fit_is_named_until_it_is_accepted_and_seen_for_good(database: Database) -> None:
    database.change("UPDATE audit SET user = 'UEVE' WHERE workspace = 'T1' AND seq = 3")
    done = await database.audit("verify")
    assert done.code == 1
    assert "T1: row 3 was changed" in done.out
    assert "T2: 1 rows, each as it was written" in done.out
    done = await database.audit("accept", "T1", "--why", "it was me", "--yes")
    assert done.code == 0, done.err
    done = await database.audit("verify")
    assert done.code == 0, done.out
    assert "T1: 5 rows, whole but for 1 accepted breaks" in done.out
    assert "T1: row 6 says: accepted: row 3 (it was me)." in done.out
    assert (await database.audit("accept", "T1", "--why", "again", "--yes")).code == 1


async def test_a_head_that_was_kept_finds_an_end_that_was_cut_off(database: Database) -> None:
    head = (await database.audit("head", "--workspace", "T1")).out.split()[2]
    assert (await database.audit("verify", "--head", head)).code == 0
    kept = "(SELECT hash FROM audit WHERE workspace = 'T1' AND seq = 3)"
    database.change(
        "DELETE FROM audit WHERE workspace = 'T1' AND seq > 3",
        f"UPDATE audit_heads SET seq = 3, hash = {kept} WHERE workspace = 'T1'",  # noqa: S608 - our own words
    )
    assert (await database.audit("verify")).code == 0
    done = await database.audit("verify", "--head", head)
    assert done.code == 1
    assert "No row has the hash" in done.out


async def test_a_database_that_was_put_back_says_so_and_the_chain_goes_on(database: Database, tmp_path: Path) -> None:
    assert (await database.run("backup", "old.db")).code == 0
    database.environment["DATABASE_URL"] = f"sqlite:///{tmp_path}/new.db"
    assert (await database.run("migrate")).code == 0
    done = await database.run("restore", "old.db")
    assert done.code == 0, done.out
    done = await database.audit("verify")
    assert done.code == 0, done.out
    assert "T1: row 6 says: the database was put back as it was at" in done.out
    assert "by hand" not in done.out
    shutil.copy(tmp_path / "old.db", tmp_path / "new.db")
    done = await database.audit("verify")
    assert "T1: row 6 says: the database was put back by hand: row 6 of T1, which was there, is not" in done.out
