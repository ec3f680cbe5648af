"""What people did to pipelines through us."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, Row, bindparam, insert, select

from bot.messages import AuditEntry
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.workspaces import deeds

_OF_PIPELINE = select(deeds).where(bind_columns(deeds, "pipeline_id")).order_by(deeds.c.id)
_BY_USER = (
    select(deeds)
    .where(bind_columns(deeds, "workspace", "user"))
    .order_by(deeds.c.id.desc())
    .limit(bindparam("limit", type_=Integer()))
)


class AuditRepository(Repository):
    async def insert(self, entry: AuditEntry) -> None:
        await self._connection.execute(
            insert(deeds).values(
                pipeline_id=entry.pipeline_id,
                workspace=entry.workspace,
                user=entry.user,
                text=entry.text,
                done_at=entry.done_at,
            )
        )

    async def list_for_pipeline(self, pipeline_id: str) -> list[AuditEntry]:
        """Oldest first."""
        rows = await self._connection.execute(_OF_PIPELINE, {"pipeline_id": pipeline_id})
        return [_build_entry(row) for row in rows]

    async def list_by_user(self, workspace: str, user: str, limit: int) -> list[AuditEntry]:
        """What this person did last, the newest first."""
        rows = await self._connection.execute(_BY_USER, {"workspace": workspace, "user": user, "limit": limit})
        return [_build_entry(row) for row in rows]


def _build_entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(row.pipeline_id, row.workspace, row.user, row.text, row.done_at)
