"""Freezes: what nobody may start or approve for a while."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from bot.domain import ProjectScope
from bot.rules.project_freeze import ALL, Freeze
from bot.store.engine.moment import UtcDateTime
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.quiet_times import freezes

_NOW = bindparam("now", type_=UtcDateTime())
_STANDING = (
    select(freezes)
    .where(bind_columns(freezes, "workspace"), freezes.c.until > _NOW)
    .order_by(freezes.c.since, freezes.c.id)
)
_ONE = select(freezes).where(bind_columns(freezes, "workspace", "id"))
_DUE = select(freezes).where(freezes.c.next_look_at <= _NOW).order_by(freezes.c.next_look_at)


class FreezeRepository(Repository):
    async def insert(self, new: Freeze) -> int:
        """Its id. It is looked at when it begins."""
        values = {
            "workspace": new.workspace,
            "project": new.about,
            "name": new.name,
            "since": new.since,
            "until": new.until,
            "exempt": json.dumps(new.exempt),
            "made_by": new.made_by,
            "made_at": new.made_at,
            "next_look_at": new.since,
        }
        result = await self._connection.execute(insert(freezes).values(values).returning(freezes.c.id))
        return int(result.scalar_one())

    async def list_standing(self, workspace: str, now: datetime) -> list[Freeze]:
        """Those that hold or will hold, the first to begin first."""
        rows = await self._connection.execute(_STANDING, {"workspace": workspace, "now": now})
        return [_build_freeze(row) for row in rows]

    async def find(self, workspace: str, freeze_id: int) -> Freeze | None:
        row = (await self._connection.execute(_ONE, {"workspace": workspace, "id": freeze_id})).first()
        return _build_freeze(row) if row else None

    async def end(self, ended: Freeze) -> bool:
        """As Freeze.end made it. False when it was over already."""
        standing = (freezes.c.workspace == ended.workspace, freezes.c.id == ended.id, freezes.c.until > ended.until)
        over = update(freezes).where(*standing).values(until=ended.until, ended_by=ended.ended_by, next_look_at=None)
        return (await self._connection.execute(over)).rowcount == 1

    async def list_due(self, now: datetime) -> list[Freeze]:
        """Those that began or ended since somebody looked."""
        return [_build_freeze(row) for row in await self._connection.execute(_DUE, {"now": now})]

    async def set_next_look_at(self, looked: Freeze, moment: datetime | None) -> None:
        same = (freezes.c.workspace == looked.workspace, freezes.c.id == looked.id)
        await self._connection.execute(update(freezes).where(*same).values(next_look_at=moment))

    async def prune(self, before: datetime) -> int:
        return (await self._connection.execute(delete(freezes).where(freezes.c.until < before))).rowcount


def _build_freeze(row: Row[Any]) -> Freeze:
    return Freeze(
        id=row.id,
        workspace=row.workspace,
        scope=None if row.project == ALL else ProjectScope.parse(row.project),
        name=row.name,
        since=row.since,
        until=row.until,
        exempt=tuple(json.loads(row.exempt)),
        made_by=row.made_by,
        made_at=row.made_at,
        ended_by=row.ended_by,
    )
