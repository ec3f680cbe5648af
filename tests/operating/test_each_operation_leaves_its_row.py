"""Each command of the command line only shows something, or leaves a row of the record; none has a secret in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cyclopts import App

from bot.domain.audit_export import to_json
from bot.domain.audit_records import ChainedRecord
from bot.domain.people import Account, AccountState, Installation
from bot.messages import Message
from bot.operating.command_line import app
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.programs import get_free_port, run_circlebot

NOW = datetime.now(UTC)
SINCE = f"{NOW - timedelta(hours=1):%Y-%m-%dT%H:%M}"
SECRETS = ("CCIPAT_" + "9f" * 20, "xoxb-" + "17-" * 4, "hooks-4711", "kept-0815")

SHOWS = {
    *("keys new", "outbox list", "workspaces list", "audit verify", "audit head", "doctor", "health", "config"),
    *("manifest", "authorize"),
}
ELSEWHERE = {
    *("slack create", "slack update", "slack hook"),  # of Slack's app and a file of settings: there may be no database
    *("demo", "drill", "sandbox", "run", "web", "worker"),  # processes: what people do with them is recorded
    "migrate",  # what a release needs of its database
}
LINES: tuple[tuple[str, str], ...] = (
    ("audit --since 1h", "audit"),
    ("export --workspace T0ONE", "export"),
    ("apply rules.yml", "apply"),
    ("outbox retry notice:2", "outbox retry"),
    ("outbox drop notice:2 --yes", "outbox drop"),
    (f"outbox replay --since {SINCE}", "outbox replay"),
    ("people export U0ADA", "people export"),
    ("people erase U0ADA --yes", "people erase"),
    ("backup copy.db", "backup"),
    ("keys rotate", "keys rotate"),
    ("workspaces purge T0TWO --yes", "uninstall"),
    ("workspaces purge T0TWO --now --yes", "purge"),
)
LATER = {"audit accept", "keys forget", "restore", "move"}
"""Each needs a machine of another kind: below."""


def _list_commands(within: App = app, before: str = "") -> Iterator[str]:
    for name in within:
        if not name.startswith("-"):
            path = f"{before} {name}".strip()
            inner = list(_list_commands(within[name], path))
            yield from inner or [path]
    if before and within.default_command:
        yield before


def test_every_command_shows_something_or_has_its_row() -> None:
    acts = {next(one for one in _by_length() if f"{line} ".startswith(f"{one} ")) for line, _act in LINES}
    known = SHOWS | ELSEWHERE | LATER | acts
    assert set(_list_commands()) == known


def _by_length() -> list[str]:
    return sorted(_list_commands(), key=len, reverse=True)


@dataclass
class Operator:
    folder: Path
    environment: dict[str, str]

    def build_store(self) -> Store:
        return Store(self.environment["DATABASE_URL"], Vault([self.environment["ENCRYPTION_KEYS"]]))

    async def run(self, line: str) -> list[ChainedRecord]:
        """The rows that it leaves."""
        before = await self.load()
        done = await run_circlebot(*line.split(), env=self.environment, cwd=self.folder)
        assert done.code == 0, f"{line}: {done.out}"
        return [row for row in await self.load() if row not in before]

    async def load(self) -> list[ChainedRecord]:
        store = self.build_store()
        async with store.begin_read() as tx:
            rows = [row for chain in await tx.audit.list_chains() for row in await tx.audit.list_chain(chain)]
        await store.close()
        return rows


@pytest.fixture
async def operator(tmp_path: Path) -> Operator:
    """T0ONE and T0TWO are installed, Ada is connected in T0ONE, and messages wait."""
    environment = {
        "DATABASE_URL": await create_database(tmp_path),
        "ENCRYPTION_KEYS": generate_key(),
        "SLACK_API_URL": f"http://127.0.0.1:{get_free_port()}/",
        "CIRCLECI_URL": f"http://127.0.0.1:{get_free_port()}",
        "CIRCLECI_WEBHOOK_SECRET": SECRETS[2],
        "SLACK_CLIENT_SECRET": SECRETS[3],
    }
    (tmp_path / "rules.yml").write_text(
        "workspace: T0ONE\nsubscriptions:\n  - {channel: C0ONE, project: gh/acme/web, made_by: U0ADA}\n"
    )
    one = Operator(tmp_path, environment)
    store = one.build_store()
    async with store.begin() as tx:
        for workspace in ("T0ONE", "T0TWO"):
            installed = Installation(workspace, "Acme", "U", "B", (), "U", NOW, token=SECRETS[1])
            await tx.installations.upsert(installed)
        ada = Account("T0ONE", "U0ADA", "c1", "ada", "Ada", AccountState.ACTIVE, NOW, token=SECRETS[0])
        await tx.accounts.upsert(ada)
        for number in (1, 2):
            await tx.outbox.insert(f"w{number}:failed", "T0ONE", "C0ONE", message=Message("It failed"), now=NOW)
    await store.close()
    return one


async def test_each_leaves_its_row_with_who_did_it_and_no_secret(operator: Operator) -> None:
    for line, act in LINES:
        rows = {row.record.act: row for row in await operator.run(line)}
        assert act in rows, f"{line}: {sorted(rows)}"
        one = rows[act].record
        assert one.door in {"console", "code", "system"}, line
        assert one.what or one.detail or act == "uninstall", line
    _check_secrets(await operator.load(), operator.environment["ENCRYPTION_KEYS"])


async def test_a_lost_key_a_break_a_copy_and_a_move_leave_theirs(operator: Operator) -> None:
    await operator.run("backup copy.db")
    store = operator.build_store()
    async with store.begin() as tx:
        head = await tx.audit.find_head("*")
        assert head
        await tx.audit.set_head(head._replace(hash="0" * 64))
    await store.close()
    assert [row.record.act for row in await operator.run("audit accept * --why mine --yes")] == ["accepted"]
    operator.environment["ENCRYPTION_KEYS"] = generate_key()
    assert [row.record.act for row in await operator.run("keys forget --yes")] == ["keys forget"]
    for line, act in (("restore copy.db", "restored"), (f"move {operator.folder}/circlebot.db", "move")):
        (operator.folder / act).mkdir()
        operator.environment["DATABASE_URL"] = f"sqlite:///{operator.folder}/{act}/new.db"
        assert (await run_circlebot("migrate", env=operator.environment, cwd=operator.folder)).code == 0
        assert act in [row.record.act for row in await operator.run(line)]
    _check_secrets(await operator.load(), operator.environment["ENCRYPTION_KEYS"])


def _check_secrets(rows: list[ChainedRecord], *more: str) -> None:
    said = json.dumps([to_json(row) for row in rows])
    assert not [secret for secret in (*SECRETS, *more) if secret in said]
