"""Which pipelines a message of ours tells of, and with it the thread below."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BindParameter, Row, Select, bindparam, func, or_, select

from bot.conversation import Place
from bot.domain import ProjectSlug
from bot.messages import OutboxState
from bot.rules.dm_topics import LETTER
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.statements import bind_columns
from bot.store.notice_rows import build_details_key
from bot.store.tables.publishing import cards, outbox, outcomes, pipelines
from bot.store.tables.quiet_times import kept

_MOST = 100
"""Notices of which one message was made, at most."""

_CHANNELS: BindParameter[Any] = bindparam("channels", expanding=True)

_CARD = select(cards.c.pipeline_id).where(bind_columns(cards, "workspace", "ts"), cards.c.channel.in_(_CHANNELS))

_POSTED = select(outbox.c.id).where(
    bind_columns(outbox, "workspace"), outbox.c.channel.in_(_CHANNELS), outbox.c.sent_ts == bindparam("ts")
)
_NOTICES = (
    select(
        outbox.c.id,
        outbox.c.key,
        outbox.c.holds,
        func.coalesce(outbox.c.about, cards.c.pipeline_id).label("pipeline_id"),
    )
    .outerjoin(cards, cards.c.id == outbox.c.card_id)
    .where(or_(outbox.c.id == bindparam("id"), outbox.c.folded_into == bindparam("id")))
    .order_by(outbox.c.id)
    .limit(_MOST)
)
_IN_FULL = select(outbox.c.id).where(
    outbox.c.key.in_(bindparam("keys", expanding=True)), outbox.c.state == OutboxState.SENT, outbox.c.details.is_(None)
)
_BY_KEY = select(outcomes.c.pipeline_id).where(outcomes.c.key.in_(bindparam("keys", expanding=True)))
_WORKFLOWS = select(outcomes.c.workflow_id).where(outcomes.c.pipeline_id == bindparam("pipeline_id")).distinct()
_PIPELINES = (
    select(pipelines.c.id, pipelines.c.project, pipelines.c.number, pipelines.c.branch, pipelines.c.tag)
    .where(pipelines.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(pipelines.c.project, pipelines.c.number)
)
_IN_DIGEST = (
    select(
        outcomes.c.pipeline_id.label("id"),
        outcomes.c.project,
        outcomes.c.pipeline_number.label("number"),
        outcomes.c.branch,
        outcomes.c.tag,
        outcomes.c.workflow_id,
    )
    .join(kept, kept.c.outcome_key == outcomes.c.key)
    .where(bind_columns(kept, "digest"))
    .order_by(outcomes.c.project, outcomes.c.pipeline_number)
)


@dataclass(frozen=True, slots=True)
class PipelineThread:
    """A pipeline of a project that a message tells of; `workflow_id` where it tells of that one alone."""

    pipeline_id: str
    project: ProjectSlug
    number: int = 0
    ref: str | None = None
    workflow_id: str | None = None


class ThreadRepository:
    def __init__(self, connection: DatabaseConnection) -> None:
        self._connection = connection

    async def list_told(self, workspace: str, channels: Collection[str], ts: str) -> list[PipelineThread]:
        """The pipelines that our message with this `ts` tells of: a card or notice of one, a digest of several.

        `channels` are the names of one place: direct messages with a person have theirs and the person's.
        """
        place = {"workspace": workspace, "channels": list(channels), "ts": ts}
        if ids := list(await self._connection.scalars(_CARD, place)):
            return await self._list_pipelines(ids)
        posted = await self._connection.scalar(_POSTED, place)
        return await self._list_in_notice(posted, f":{workspace}:") if posted else []

    async def is_explained(self, occasion: str, place: Place) -> bool:
        """Whether Slack has the notice of this in full: one whose details are still to follow is only a line."""
        key = build_reply_key(occasion, place)
        return await self._connection.scalar(_IN_FULL, {"keys": [key, build_details_key(key)]}) is not None

    async def _list_in_notice(self, posted: int, place: str) -> list[PipelineThread]:
        notices = await self._execute(_NOTICES, {"id": posted})
        ids = [one for notice in notices for one in _parse_pipelines(notice)]
        if len(ids) < len(notices):
            keys = [str(notice.key).partition(place)[0] for notice in notices]
            ids += list(await self._connection.scalars(_BY_KEY, {"keys": keys}))
        if not ids:
            return _join_outcomes(await self._execute(_IN_DIGEST, {"digest": notices[0].key}))
        told = await self._list_pipelines(ids)
        return [await self._add_workflow(told[0], notices[0])] if len(told) == len(notices) == 1 else told

    async def _list_pipelines(self, ids: Collection[str]) -> list[PipelineThread]:
        return list(map(_build_thread, await self._execute(_PIPELINES, {"ids": list(ids)}))) if ids else []

    async def _add_workflow(self, told: PipelineThread, notice: Row[Any]) -> PipelineThread:
        """Keys of outcomes hold the workflow's id (rules/outcome.py): of all holds that it tells of, else its own."""
        known = await self._connection.scalars(_WORKFLOWS, {"pipeline_id": told.pipeline_id})
        named = set(known) & set((notice.holds or notice.key).replace(" ", ":").split(":"))
        return replace(told, workflow_id=named.pop()) if len(named) == 1 else told

    async def _execute(self, query: Select[Any], values: Mapping[str, Any]) -> Sequence[Row[Any]]:
        return (await self._connection.execute(query, values)).all()


def build_reply_key(occasion: str, place: Place) -> str:
    """The key of a notice below the card of a place."""
    return f"{occasion}:{place.workspace}:{place.channel}"


def _parse_pipelines(notice: Row[Any]) -> list[str]:
    """A direct message about somebody's own pipeline names it in its key (notify/publish/direct_messages.py)."""
    if notice.pipeline_id:
        return [notice.pipeline_id]
    return str(notice.key).split(":")[2:3] if notice.key.startswith(LETTER) else []


def _build_thread(row: Row[Any]) -> PipelineThread:
    return PipelineThread(row.id, ProjectSlug.parse(row.project), row.number, row.branch or row.tag)


def _join_outcomes(rows: Sequence[Row[Any]]) -> list[PipelineThread]:
    """Each pipeline once; one of which several workflows are told names none of them."""
    workflows: dict[PipelineThread, set[str | None]] = {}
    for row in rows:
        workflows.setdefault(_build_thread(row), set()).add(row.workflow_id)
    return [replace(one, workflow_id=ids.pop() if len(ids) == 1 else None) for one, ids in workflows.items()]
