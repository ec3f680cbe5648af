"""Who was mentioned for which pipeline: nobody twice in one workspace, unless they asked for it anew meanwhile."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from bot.messages import Mention
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.identities import mentions

_OF_PIPELINE = (
    select(mentions)
    .where(bind_columns(mentions, "workspace", "pipeline_id"))
    .order_by(mentions.c.mentioned_at, mentions.c.mentioned)
)


class MentionRepository(Repository):
    async def insert(self, mention: Mention) -> bool:
        """True: nobody has mentioned them for this pipeline, and now you do."""
        values = {
            "workspace": mention.workspace,
            "pipeline_id": mention.pipeline_id,
            "mentioned": mention.mentioned,
            "outcome": mention.outcome,
            "channel": mention.channel,
            "mentioned_at": mention.mentioned_at,
        }
        return await self._insert_if_new(mentions, values)

    async def list_for_pipeline(self, workspace: str, pipeline_id: str) -> list[Mention]:
        """Oldest first."""
        rows = await self._connection.execute(_OF_PIPELINE, {"workspace": workspace, "pipeline_id": pipeline_id})
        return [
            Mention(row.workspace, row.pipeline_id, row.mentioned, row.outcome, row.channel, row.mentioned_at)
            for row in rows
        ]

    async def delete_for_user(self, workspace: str, pipeline_id: str, user: str) -> None:
        """They acted on the pipeline: its next outcome may mention them again."""
        theirs = (mentions.c.workspace == workspace) & (mentions.c.mentioned == user)
        await self._connection.execute(delete(mentions).where(theirs, mentions.c.pipeline_id == pipeline_id))

    async def prune(self, before: datetime) -> int:
        return (await self._connection.execute(delete(mentions).where(mentions.c.mentioned_at < before))).rowcount
