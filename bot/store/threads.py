"""Which pipeline a message of ours is about, and with it the thread below."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select

from bot.domain import ProjectSlug
from bot.rules.dm_topics import LETTER
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.statements import bind_columns
from bot.store.tables.publishing import cards, outbox, pipelines

_CHANNELS: BindParameter[Any] = bindparam("channels", expanding=True)

_CARD = select(cards.c.pipeline_id).where(bind_columns(cards, "workspace", "ts"), cards.c.channel.in_(_CHANNELS))
_NOTICE = (
    select(func.coalesce(outbox.c.about, cards.c.pipeline_id).label("pipeline_id"), outbox.c.key)
    .outerjoin(cards, cards.c.id == outbox.c.card_id)
    .where(
        outbox.c.workspace == bindparam("workspace"),
        outbox.c.channel.in_(_CHANNELS),
        outbox.c.sent_ts == bindparam("ts"),
    )
)
_PROJECT = select(pipelines.c.id, pipelines.c.project).where(pipelines.c.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class PipelineThread:
    """A pipeline of a project."""

    pipeline_id: str
    project: ProjectSlug


class ThreadRepository:
    def __init__(self, connection: DatabaseConnection) -> None:
        self._connection = connection

    async def find(self, workspace: str, channels: Collection[str], ts: str) -> PipelineThread | None:
        """The pipeline whose card or notice has this `ts` there. None for a message about none, or several.

        `channels` are the names of one place: direct messages with a person have theirs and the person's.
        """
        place = {"workspace": workspace, "channels": list(channels), "ts": ts}
        ids = list(await self._connection.scalars(_CARD, place)) or await self._list_notice_pipelines(place)
        found = (await self._connection.execute(_PROJECT, {"ids": ids})).all() if ids else []
        return PipelineThread(found[0].id, ProjectSlug.parse(found[0].project)) if len(found) == 1 else None

    async def _list_notice_pipelines(self, place: Mapping[str, Any]) -> list[str]:
        """A direct message about somebody's own pipeline names it in its key (notify/publish/direct_messages.py)."""
        row = (await self._connection.execute(_NOTICE, place)).first()
        if row is None:
            return []
        if row.pipeline_id:
            return [row.pipeline_id]
        return str(row.key).split(":") if row.key.startswith(LETTER) else []
