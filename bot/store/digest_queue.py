"""Outcomes that wait for a digest; each is posted in one digest only.

A digest takes what is due under its own key, in the transaction that writes its message into the outbox. So of two
replicas one takes it, and a crash in between leaves it to the next.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, delete, func, select, update

from bot.conversation import Place
from bot.domain import ProjectSlug
from bot.rules.muting import DeferralReason, QueuedOutcome
from bot.rules.placement import Deferral
from bot.store.engine.statements import Repository, bind_columns
from bot.store.outcomes import build_outcome
from bot.store.tables.publishing import outcomes
from bot.store.tables.quiet_times import kept

_UNTOLD = kept.c.digest.is_(None)
_DUE = (
    select(kept.c.workspace, kept.c.channel)
    .where(_UNTOLD, kept.c.due_at <= bindparam("now"))
    .distinct()
    .order_by(kept.c.workspace, kept.c.channel)
)
_PROJECTS = (
    select(outcomes.c.project)
    .join(kept, kept.c.outcome_key == outcomes.c.key)
    .where(bind_columns(kept, "workspace", "channel"), _UNTOLD, kept.c.due_at <= bindparam("now"))
    .distinct()
    .order_by(outcomes.c.project)
)
_NEXT_DUE_AT = select(func.min(kept.c.due_at)).where(_UNTOLD)
_JOINED = (
    select(outcomes, *kept.c)
    .join(kept, kept.c.outcome_key == outcomes.c.key)
    .order_by(outcomes.c.happened_at, outcomes.c.key)
)
_OF_DIGEST = _JOINED.where(bind_columns(kept, "digest"))
_OF_PIPELINE = _JOINED.where(bind_columns(kept, "workspace", "channel"), bind_columns(outcomes, "pipeline_id"))


class DigestQueue(Repository):
    async def insert(self, one: QueuedOutcome, now: datetime) -> bool:
        """False when the channel has it already."""
        values = {
            "outcome_key": one.outcome.key,
            "workspace": one.workspace,
            "channel": one.channel,
            "name": one.name,
            "rule_id": one.rule_id,
            "why": one.why,
            "by": one.by,
            "due_at": one.due_at,
            "kept_at": now,
        }
        return await self._insert_if_new(kept, values)

    async def list_due(self, now: datetime) -> list[Place]:
        """The channels for which something is due."""
        return [Place(row.workspace, row.channel) for row in await self._connection.execute(_DUE, {"now": now})]

    async def find_next_due_at(self) -> datetime | None:
        first: datetime | None = await self._connection.scalar(_NEXT_DUE_AT)
        return first

    async def list_projects(self, workspace: str, channel: str, now: datetime) -> list[ProjectSlug]:
        """What is due there is of these."""
        place = {"workspace": workspace, "channel": channel, "now": now}
        return [ProjectSlug.parse(text) for text in await self._connection.scalars(_PROJECTS, place)]

    async def lock_due(
        self, workspace: str, channel: str, projects: Collection[ProjectSlug], *, now: datetime
    ) -> list[str]:
        """The keys of the outcomes of these projects that are due there, sorted, but for those that another has.

        Nobody else takes them until the transaction ends. What is kept meanwhile is not among them.
        """
        named = and_(_is_due(workspace, channel, now), outcomes.c.project.in_(map(str, projects)))
        due = select(kept.c.outcome_key).join(outcomes, outcomes.c.key == kept.c.outcome_key).where(named)
        locked = due.order_by(kept.c.outcome_key).with_for_update(skip_locked=True, of=kept)
        return list(await self._connection.scalars(locked))

    async def take(self, workspace: str, channel: str, digest: str, *, keys: Collection[str]) -> list[QueuedOutcome]:
        """These are this digest's from now on; the oldest first. Nothing where another process has them."""
        theirs = and_(_is_in_channel(workspace, channel), _UNTOLD, kept.c.outcome_key.in_(keys))
        taking = update(kept).where(theirs).values(digest=digest)
        taken = (await self._connection.execute(taking)).rowcount
        return await self._list_entries(_OF_DIGEST, digest=digest) if taken else []

    async def postpone(self, ones: Iterable[tuple[QueuedOutcome, Deferral]]) -> None:
        """They go back to the queue, until then."""
        for one, hold in ones:
            same = and_(_is_in_channel(one.workspace, one.channel), kept.c.outcome_key == one.outcome.key)
            later = {"digest": None, "due_at": hold.until, "why": hold.why, "by": hold.by}
            await self._connection.execute(update(kept).where(same).values(**later))

    async def make_due(self, workspace: str, channel: str, why: DeferralReason, *, now: datetime) -> None:
        """What waits for this reason is looked at again at once."""
        waiting = and_(_is_in_channel(workspace, channel), _UNTOLD, kept.c.why == why)
        await self._connection.execute(update(kept).where(waiting).values(due_at=now))

    async def list_for_pipeline(self, workspace: str, channel: str, pipeline_id: str) -> dict[str, QueuedOutcome]:
        """What waits or was posted in a digest of this channel, of one pipeline, by the outcome's key."""
        found = await self._list_entries(_OF_PIPELINE, workspace=workspace, channel=channel, pipeline_id=pipeline_id)
        return {one.outcome.key: one for one in found}

    async def count_waiting(self, workspace: str, channel: str) -> int:
        """How many things wait for a digest there."""
        query = select(func.count()).select_from(kept).where(_is_in_channel(workspace, channel), _UNTOLD)
        return await self._connection.scalar(query) or 0

    async def prune(self, before: datetime) -> int:
        """Forget what was posted before then."""
        old = delete(kept).where(kept.c.digest.is_not(None), kept.c.kept_at < before)
        return (await self._connection.execute(old)).rowcount

    async def _list_entries(self, query: Select[Any], **values: str) -> list[QueuedOutcome]:
        return [_build_entry(row) for row in await self._connection.execute(query, values)]


def _is_due(workspace: str, channel: str, now: datetime) -> ColumnElement[bool]:
    return and_(_is_in_channel(workspace, channel), _UNTOLD, kept.c.due_at <= now)


def _is_in_channel(workspace: str, channel: str) -> ColumnElement[bool]:
    return and_(kept.c.workspace == workspace, kept.c.channel == channel)


def _build_entry(row: Row[Any]) -> QueuedOutcome:
    return QueuedOutcome(
        outcome=build_outcome(row),
        workspace=row.workspace,
        channel=row.channel,
        name=row.name,
        rule_id=row.rule_id,
        why=DeferralReason(row.why),
        due_at=row.due_at,
        by=row.by,
        digest=row.digest,
    )
