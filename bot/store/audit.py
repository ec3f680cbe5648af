"""What people did to pipelines through us."""

from __future__ import annotations

from sqlalchemy import insert, select

from bot.messages import AuditEntry
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.workspaces import deeds

_OF_PIPELINE = select(deeds).where(bind_columns(deeds, "pipeline_id")).order_by(deeds.c.id)


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
        return [AuditEntry(row.pipeline_id, row.workspace, row.user, row.text, row.done_at) for row in rows]
