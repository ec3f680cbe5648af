"""Of which workspaces `apply` and `export` speak."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.people import Installation
from bot.errors import UsageError
from bot.operating.as_code.export import export_documents
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.operating.test_as_code import FILE, NOW, applied, rules, store
from tests.plugins.programs import run_circlebot

__all__ = ["store"]


async def test_the_command_line_applies_and_exports(tmp_path: Path) -> None:
    env = {"DATABASE_URL": f"sqlite:///{tmp_path}/x.db", "ENCRYPTION_KEYS": generate_key()}
    env["SLACK_API_URL"] = "http://127.0.0.1:1/api/"
    file = tmp_path / "rules.yml"
    file.write_text(FILE, encoding="utf-8")
    await run_circlebot("migrate", env=env, cwd=tmp_path)
    nothing = await run_circlebot("export", env=env, cwd=tmp_path)
    nowhere = await run_circlebot("apply", str(file), env=env, cwd=tmp_path)
    await _install(env)
    told = await run_circlebot("apply", str(file), "--dry-run", env=env, cwd=tmp_path)
    done = await run_circlebot("apply", str(file), env=env, cwd=tmp_path)
    exported = await run_circlebot("export", env=env, cwd=tmp_path)
    file.write_text(exported.out, encoding="utf-8")
    again = await run_circlebot("apply", str(file), env=env, cwd=tmp_path)
    missing = await run_circlebot("apply", "nothing.yml", env=env, cwd=tmp_path)
    assert nothing.code == nowhere.code == missing.code == 1
    assert "workspace T0SANDBOX: circlebot is not installed there" in nowhere.out
    assert "nothing.yml cannot be read (FileNotFoundError)" in missing.out
    assert told.out == done.out
    assert "? T0SANDBOX: Slack did not say who its people and groups are" in done.out
    assert done.out.splitlines()[-1] == "6 to add, 0 to remove, 0 as they are"
    assert again.out.splitlines()[-1] == "0 to add, 0 to remove, 6 as they are"


@pytest.mark.parametrize("words", [("apply", "rules.yml"), ("export",), ("keys", "rotate")])
async def test_a_database_of_another_release_is_said_in_a_sentence(words: tuple[str, ...], tmp_path: Path) -> None:
    env = {"DATABASE_URL": f"sqlite:///{tmp_path}/x.db", "ENCRYPTION_KEYS": generate_key()}
    (tmp_path / "rules.yml").write_text(FILE, encoding="utf-8")
    told = await run_circlebot(*words, env=env, cwd=tmp_path)
    assert (told.code, told.out) == (
        1,
        "circlebot: The database is not at this release. Run `circlebot migrate`.\n",
    )


async def test_a_database_that_cannot_be_opened_is_said_in_a_sentence(tmp_path: Path) -> None:
    env = {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "ENCRYPTION_KEYS": generate_key()}
    told = await run_circlebot("export", env=env, cwd=tmp_path)
    assert (told.code, told.out.count("\n")) == (1, 1)
    assert told.out.startswith("circlebot: The database cannot be opened (")


async def _install(env: dict[str, str]) -> None:
    store = Store(env["DATABASE_URL"], Vault([env["ENCRYPTION_KEYS"]]))
    async with store.begin() as tx:
        await tx.installations.upsert(Installation("T0SANDBOX", "Acme", "U0BOT", "B0", (), None, NOW, "xoxb-1"))
    await store.close()


@pytest.mark.parametrize("dry_run", [False, True])
async def test_a_workspace_that_circlebot_does_not_live_in_is_refused(dry_run: bool, store: Store) -> None:
    with pytest.raises(UsageError, match="workspace T0NOWHERE: circlebot is not installed there; it is in T0OTHER"):
        await applied(store, f"{FILE}---\nworkspace: T0NOWHERE\npresets: []\n", dry_run=dry_run)
    assert await rules(store) == []


async def test_the_workspaces_of_an_organisation_are_each_a_document(store: Store) -> None:
    async with store.begin() as tx:
        whole = Installation("E1", "Acme", "U0BOT", "B0", (), None, NOW, "xoxb-1", enterprise="E1")
        await tx.installations.upsert(whole)
        await tx.org_teams.replace("E1", {"T1": "One", "T2": "Two"})
    named = [line for line in (await export_documents(store)).splitlines() if line.startswith("workspace:")]
    assert named == ["workspace: T1", "workspace: T2"]


@pytest.mark.parametrize("section", ["subscriptions", "policy", "presets", "hours"])
async def test_a_workspace_with_anything_at_all_is_exported(section: str, store: Store) -> None:
    rows = {
        "subscriptions": "{channel: C0X, project: gh/acme/web, made_by: W0X}",
        "policy": "{command: approve, channel: W0X, users: [W0X]}",
        "presets": "{name: staging, project: gh/acme/web}",
        "hours": "{channel: W0X, zone: UTC}",
    }
    await applied(store, f"workspace: T0X\n{section}:\n  - {rows[section]}\n")
    text = await export_documents(store)
    assert text.startswith("workspace: T0X")
    assert {line[0] for line in await applied(store, text)} == {"="}
