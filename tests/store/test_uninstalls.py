"""A workspace that left: every table with rows of workspaces is purged, and those with secrets at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Float, Integer, Table, func, insert, select

from bot.domain import ProjectSlug
from bot.domain.project_feeds import TokenOwner
from bot.store.engine.moment import UtcDateTime
from bot.store.store import Store, Tx
from bot.store.tables.schema import metadata
from bot.store.uninstalls import list_workspace_tables
from tests.plugins.each_case import each_case

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
NOBODYS = {
    *("pipelines", "outcomes", "failed_tests", "seen", "leases", "watches", "listings", "deploy_looks"),
    *("covers", "cues", "troubles", "backups", "listeners"),
}
"""What CircleCI tells of projects, and what goes with the rules that it belongs to."""


def test_every_table_is_a_workspaces_own_or_known_to_be_nobodys() -> None:
    assert {table.name for table in list_workspace_tables()} == metadata.tables.keys() - NOBODYS


def _value(column: Column[Any], workspace: str) -> Any:
    kinds: list[tuple[type, Any]] = [(Boolean, False), (Integer, 1), (Float, 1.0), (UtcDateTime, NOW)]
    kind = next((value for kind, value in kinds if isinstance(column.type, kind)), None)
    return workspace if column.name == "workspace" or kind is None else kind


def _row(table: Table, workspace: str) -> dict[str, Any]:
    ids = {column.name for column in table.c if column.primary_key and isinstance(column.type, Integer)}
    return (
        {column.name: _value(column, workspace) for column in table.c if not column.nullable}
        | {column.name: workspace for column in table.c if column.name.endswith("_sealed")}
        | dict.fromkeys(ids, 1 if workspace == "T1" else 2)
    )


async def _counts(tx: Tx, workspace: str) -> dict[str, int]:
    counted = {}
    for table in list_workspace_tables():
        query = select(func.count()).select_from(table).where(table.c.workspace == workspace)
        counted[table.name] = await tx._connection.scalar(query) or 0
    return counted


async def _fill(tx: Tx) -> None:
    for table in reversed(list(list_workspace_tables())):
        for workspace in ("T1", "T2"):
            await tx._connection.execute(insert(table).values(_row(table, workspace)))


async def test_secrets_go_at_once_and_everything_goes_in_the_end_and_nothing_of_others(store: Store) -> None:
    async with store.begin() as tx:
        await _fill(tx)
        await tx.uninstalls.mark_reinstalled("T1")
        assert await tx.uninstalls.mark_uninstalled("T1", NOW)
        assert not await tx.uninstalls.mark_uninstalled("T1", NOW)
        left = await _counts(tx, "T1")
        sealed = {
            table.name
            for table in list_workspace_tables()
            if any(column.name.endswith("_sealed") for column in table.c)
        }
        assert {name for name, count in left.items() if not count} == sealed
        assert set((await _counts(tx, "T2")).values()) == {1}
        await tx.uninstalls.purge("T1")
        assert set((await _counts(tx, "T1")).values()) == {0}
        assert set((await _counts(tx, "T2")).values()) == {1}


@each_case("secret", ["accounts", "installations", "waiting", "webhooks", "hooks"])
def test_whatever_is_sealed_is_known_by_the_name_of_its_column(secret: str) -> None:
    assert any(column.name.endswith("_sealed") for column in metadata.tables[secret].c)


async def test_nobody_of_theirs_is_named_as_a_reader_any_more(store: Store) -> None:
    """What is read of projects and organisations is nobody's own, but says whose token read it."""
    web = ProjectSlug("gh", "acme", "web")
    async with store.begin() as tx:
        await tx.polled_projects.upsert(web, NOW)
        await tx.polled_projects.mark_read_by(web, TokenOwner("T1", "U1"))
        for org, reader in (("gh/acme", "T1/U1"), ("gh/other", "T11/U1")):
            await tx.org_polls.insert(org, NOW)
            await tx.org_polls.mark_listed(org, reader, None, sought_at=None)
        await tx.uninstalls.purge("T1")
        assert (await tx.polled_projects.list_for_projects([web]))[web].read_by is None
        assert {one.org: one.reader for one in await tx.org_polls.list_all()} == {"gh/acme": None, "gh/other": "T11/U1"}
