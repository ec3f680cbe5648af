"""`circlebot workspaces`, as an operator types it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.audit_records import CONSOLE_CHAIN
from bot.domain.people import Account, AccountState, Installation
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.programs import ProgramResult, get_free_port, run_circlebot

NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass
class Operator:
    folder: Path
    environment: dict[str, str]

    @property
    def store(self) -> Store:
        return Store(self.environment["DATABASE_URL"], Vault([self.environment["ENCRYPTION_KEYS"]]))

    async def run(self, *words: str) -> ProgramResult:
        return await run_circlebot("workspaces", *words, env=self.environment, cwd=self.folder)

    async def list_tables_of(self, workspace: str) -> dict[str, int]:
        store = self.store
        async with store.begin_read() as tx:
            counted = await tx.uninstalls.count_rows(workspace)
        await store.close()
        return counted


@pytest.fixture
async def operator(tmp_path: Path) -> Operator:
    """T1 is here on its own, T2 by its organisation, and T3 left. Slack is out of reach."""
    environment = {
        "DATABASE_URL": await create_database(tmp_path),
        "ENCRYPTION_KEYS": generate_key(),
        "SLACK_API_URL": f"http://127.0.0.1:{get_free_port()}/",
        "CIRCLECI_URL": f"http://127.0.0.1:{get_free_port()}",
    }
    operator = Operator(tmp_path, environment)
    store = operator.store
    async with store.begin() as tx:
        for installed, whole in (("T1", None), ("E1", "E1")):
            await tx.installations.upsert(
                Installation(installed, f"Place {installed}", "U", "B", (), "U", NOW, token="xoxb-1", enterprise=whole)
            )
        await tx.org_teams.insert("E1", "T2", "Two")
        for workspace in ("T1", "T2", "T3"):
            account = Account(workspace, "U0ADA", "c1", "ada", "Ada", AccountState.ACTIVE, NOW, token="CCIPAT_" + "1")
            await tx.accounts.upsert(account)
            await tx.greetings.insert(workspace, "U0ADA", now=NOW)
        await tx.uninstalls.mark_uninstalled("T3", NOW - timedelta(days=3))
    await store.close()
    return operator


async def test_the_list_names_every_workspace_and_how_it_is_here(operator: Operator) -> None:
    listed = (await operator.run("list")).out.splitlines()
    assert [line.split()[0] for line in listed] == ["T1", "T2", "T3"]
    assert "Place T1, installed on its own" in listed[0]
    assert "by its organisation E1" in listed[1]
    assert f"until {NOW + timedelta(days=27):%Y-%m-%d}" in listed[2]


async def test_a_purge_deletes_secrets_at_once_and_the_rest_after_the_grace_time(operator: Operator) -> None:
    done = await operator.run("purge", "T1", "--yes")
    assert done.code == 0, done.out
    assert f"The rest goes at {NOW + timedelta(days=30):%Y-%m-%d}" in done.out
    left = await operator.list_tables_of("T1")
    assert not left.keys() & {"accounts", "installations"}
    assert left["greetings"] == 1
    again = await operator.run("purge", "T1", "--yes")
    assert "T1 left already" in again.out


async def test_a_purge_now_deletes_every_row_and_its_receipt_is_kept(operator: Operator) -> None:
    before = await operator.list_tables_of("T2")
    done = await operator.run("purge", "T3", "--now", "--yes")
    assert done.code == 0, done.out
    assert await operator.list_tables_of("T3") == {}
    assert await operator.list_tables_of("T2") == before
    store = operator.store
    async with store.begin_read() as tx:
        (row,) = [one.record for one in await tx.audit.list_chain(CONSOLE_CHAIN) if one.record.act == "purge"]
    await store.close()
    assert row.detail["rows"] == {"greetings": 1, "departures": 1}
    assert f"sha256 {row.detail['sha256']}" in done.out
    said = {"workspace": "T3", "at": row.at.isoformat(), "rows": row.detail["rows"]}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == row.detail["sha256"]


async def test_what_an_organisation_installed_is_its_admins_to_take_out(operator: Operator) -> None:
    before = await operator.list_tables_of("T2")
    done = await operator.run("purge", "T2", "--now", "--yes")
    assert done.code == 1
    assert "an admin of that organisation takes it out" in done.out
    assert await operator.list_tables_of("T2") == before


@pytest.mark.parametrize("words", [("purge", "T9", "--yes"), ("purge", "T1")])
async def test_nothing_is_deleted_of_what_is_not_known_or_not_confirmed(
    operator: Operator, words: tuple[str, ...]
) -> None:
    done = await operator.run(*words)
    assert done.code == 1
    assert (await operator.list_tables_of("T1"))["accounts"] == 1
