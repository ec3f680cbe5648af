"""Workspaces that removed the app: their rows wait in case they come back, and are deleted after a while.

Which tables hold what is a workspace's own, and which hold secrets, the tables say themselves: none can be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Table, delete, exists, func, select, union, update

from bot.store.engine.statements import Repository
from bot.store.tables.identities import departures
from bot.store.tables.polling import listings, watches
from bot.store.tables.publishing import cards, pipelines
from bot.store.tables.rule_index import covers, subscriptions
from bot.store.tables.schema import metadata

_SEALED = "_sealed"
"""The ending of the names of columns with secrets."""


def list_workspace_tables() -> Iterator[Table]:
    """The tables with rows of workspaces; those that others refer to come last."""
    return (table for table in reversed(metadata.sorted_tables) if "workspace" in table.c)


class UninstallRepository(Repository):
    async def mark_uninstalled(self, workspace: str, now: datetime) -> bool:
        """It left now: its secrets are deleted, and nothing is polled for it. False when that was known."""
        new = await self._insert_if_new(departures, {"workspace": workspace, "left_at": now})
        for table in list_workspace_tables():
            if any(column.name.endswith(_SEALED) for column in table.c):
                await self._connection.execute(delete(table).where(table.c.workspace == workspace))
        theirs = select(subscriptions.c.id).where(subscriptions.c.workspace == workspace)
        await self._connection.execute(delete(covers).where(covers.c.subscription_id.in_(theirs)))
        await self._unfollow_pipelines(workspace)
        return new

    async def mark_reinstalled(self, workspace: str) -> bool:
        """It is back; False when it had not left."""
        ended = await self._connection.execute(delete(departures).where(departures.c.workspace == workspace))
        return ended.rowcount == 1

    async def list_all(self) -> dict[str, datetime]:
        """When each workspace that is not back has left."""
        return {row.workspace: row.left_at for row in await self._connection.execute(select(departures))}

    async def lock(self, workspace: str) -> datetime | None:
        """When it left; nobody brings it back in this transaction. None where it is here, or back."""
        theirs = select(departures).where(departures.c.workspace == workspace).with_for_update()
        row = (await self._connection.execute(theirs)).one_or_none()
        return row.left_at if row else None

    async def list_known(self) -> list[str]:
        """Every workspace that has a row anywhere."""
        rows = await self._connection.scalars(union(*(select(table.c.workspace) for table in list_workspace_tables())))
        return sorted(one for one in rows if one.startswith("T"))

    async def count_rows(self, workspace: str) -> dict[str, int]:
        """By table, those that have any."""
        counts: dict[str, int] = {}
        for table in list_workspace_tables():
            theirs = select(func.count()).select_from(table).where(table.c.workspace == workspace)
            counts[table.name] = await self._connection.scalar(theirs) or 0
        return {name: count for name, count in counts.items() if count}

    async def purge(self, workspace: str) -> dict[str, int]:
        """Forget everything that was theirs: how many rows, by table."""
        counts: dict[str, int] = {}
        for table in list_workspace_tables():
            gone = await self._connection.execute(delete(table).where(table.c.workspace == workspace))
            counts[table.name] = gone.rowcount
        for reader in (watches.c.read_by, listings.c.reader):
            theirs = reader.startswith(f"{workspace}/", autoescape=True)
            await self._connection.execute(update(reader.table).where(theirs).values({reader: None}))
        return {name: count for name, count in counts.items() if count}

    async def _unfollow_pipelines(self, workspace: str) -> None:
        """Their pipelines, unless another workspace has a rule or a card of them."""
        wanted = exists().where(covers.c.project == pipelines.c.project)
        shown = exists().where(cards.c.pipeline_id == pipelines.c.id, cards.c.workspace != workspace)
        left = update(pipelines).where(pipelines.c.next_look_at.is_not(None), ~wanted, ~shown)
        await self._connection.execute(left.values(next_look_at=None))
