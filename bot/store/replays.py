"""What is to be told again of a project, since when: after a database was lost, or messages were given up by mistake.

A workspace's project is a row, of which one process reads a part at a time. Its pipelines are rows too, the oldest to
be read first; each goes when it is told. So who dies over it leaves the rest to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, select, update

from bot.domain import ProjectSlug
from bot.messages import Notice
from bot.store.engine.statements import bind_columns
from bot.store.leases import DueRepository, build_due_claim
from bot.store.outbox import is_queued, is_told_with
from bot.store.tables.polling import replayed, replays
from bot.store.tables.publishing import cards, outbox
from bot.store.tables.rule_index import covers, subscriptions

LOOKED_UP_FOR = timedelta(days=1)
"""How long after a replay what it wrote is looked up in Slack until Slack answers."""

_OF_IT = bind_columns(replayed, "replay")
_STILL_OURS = (replays.c.key == bindparam("this"), replays.c.leased_by == bindparam("holder"))


@dataclass(frozen=True, slots=True)
class Replay:
    """`listed_at` is when its pipelines were listed, `done_at` when all were read; `error` is why that has to wait."""

    key: str
    workspace: str
    project: ProjectSlug
    since: datetime
    listed_at: datetime | None
    done_at: datetime | None
    read: int
    error: str | None


class ReplayRepository(DueRepository[Replay]):
    table = replays
    key = "key"
    claim_update = build_due_claim(replays, "key")

    @staticmethod
    def build(row: Row[Any]) -> Replay:
        return Replay(
            key=row.key,
            workspace=row.workspace,
            project=ProjectSlug.parse(row.project),
            since=row.since,
            listed_at=row.listed_at,
            done_at=row.done_at,
            read=row.read,
            error=row.error,
        )

    async def list_projects(self, workspace: str | None) -> list[tuple[str, ProjectSlug]]:
        """Each workspace, or this one, with each project that a rule of it covers."""
        named = select(subscriptions.c.workspace, covers.c.project).join(
            covers, covers.c.subscription_id == subscriptions.c.id
        )
        if workspace:
            named = named.where(subscriptions.c.workspace == workspace)
        found = await self._connection.execute(named.distinct().order_by(subscriptions.c.workspace, covers.c.project))
        return [(row.workspace, ProjectSlug.parse(row.project)) for row in found]

    async def ask(self, workspace: str, project: ProjectSlug, since: datetime, *, now: datetime) -> None:
        """Tell it again from then on. One that is under way goes on, unless this reaches further back."""
        before = await self.find(workspace, project)
        if before and before.done_at is None and before.since <= since:
            return
        key = _build_key(workspace, project)
        await self._connection.execute(delete(replayed).where(_OF_IT), {"replay": key})
        fresh = {"listed_at": None, "done_at": None, "read": 0, "error": None, "next_look_at": now}
        of = {"key": key, "workspace": workspace, "project": str(project), "since": since}
        await self._upsert(replays, {**of, **fresh, "leased_by": None, "leased_until": None}, ["key"])

    async def find(self, workspace: str, project: ProjectSlug) -> Replay | None:
        query = select(replays).where(replays.c.key == _build_key(workspace, project))
        row = (await self._connection.execute(query)).one_or_none()
        return self.build(row) if row else None

    async def list_all(self, workspace: str | None = None) -> list[tuple[Replay, int]]:
        """Each, with how many of its pipelines are still to be read."""
        left = select(func.count()).where(replayed.c.replay == replays.c.key).scalar_subquery().label("left")
        query = select(replays, left).order_by(replays.c.key)
        if workspace:
            query = query.where(replays.c.workspace == workspace)
        return [(self.build(row), row.left) for row in await self._connection.execute(query)]

    async def has_any(self) -> bool:
        return await self._connection.scalar(select(replays.c.key).limit(1)) is not None

    async def mark_listed(
        self, replay: Replay, pipelines: Sequence[tuple[str, int]], holder: str, *, now: datetime
    ) -> None:
        """These are to be read, by id and number."""
        if await self._settle(replay, holder, listed_at=now, next_look_at=now, error=None) and pipelines:
            rows = [
                {"replay": replay.key, "workspace": replay.workspace, "pipeline_id": one, "number": number}
                for one, number in pipelines
            ]
            await self._connection.execute(self._insert_or_nothing(replayed), rows)

    async def list_unread(self, replay: Replay, limit: int) -> list[str]:
        """The next pipelines to be read, the oldest first."""
        order = (replayed.c.number, replayed.c.pipeline_id)
        query = select(replayed.c.pipeline_id).where(_OF_IT).order_by(*order).limit(limit)
        return list(await self._connection.scalars(query, {"replay": replay.key}))

    async def mark_read(self, replay: Replay, pipeline_id: str) -> None:
        """It was told, or is there no more."""
        gone = delete(replayed).where(_OF_IT, replayed.c.pipeline_id == pipeline_id)
        if (await self._connection.execute(gone, {"replay": replay.key})).rowcount:
            this = update(replays).where(replays.c.key == replay.key)
            await self._connection.execute(this.values(read=replays.c.read + 1))

    async def settle(self, replay: Replay, holder: str, next_look_at: datetime, *, error: str | None = None) -> None:
        """Go on then."""
        await self._settle(replay, holder, next_look_at=next_look_at, error=error)

    async def mark_done(self, replay: Replay, holder: str, now: datetime) -> None:
        """All was read. It is remembered while what it wrote may still be looked up."""
        await self._settle(replay, holder, done_at=now, next_look_at=now + LOOKED_UP_FOR, error=None)

    async def forget(self, replay: Replay) -> None:
        await self._connection.execute(delete(replays).where(replays.c.key == replay.key))

    async def _settle(self, replay: Replay, holder: str, **values: Any) -> bool:
        """False where somebody else has it by now, or it was asked for anew."""
        ours = update(replays).where(*_STILL_OURS).values(**values, leased_by=None, leased_until=None)
        return (await self._connection.execute(ours, {"this": replay.key, "holder": holder})).rowcount == 1

    async def has_doubtful(self, notice: Notice, before: datetime, now: datetime) -> bool:
        """Whether one that it might speak for may be in Slack, and was never looked up."""
        unseen = and_(outbox.c.id != notice.id, outbox.c.attempted_at.is_not(None), outbox.c.tries == 0)
        query = select(outbox.c.id).outerjoin(cards, cards.c.id == outbox.c.card_id)
        found = query.where(is_told_with(notice, before, now), unseen).limit(1)
        return await self._connection.scalar(found) is not None

    async def count_notices(self, workspace: str) -> int:
        """How many of the workspace wait: what was written meanwhile makes the difference."""
        mine = select(func.count()).where(outbox.c.workspace == workspace, is_queued(outbox))
        return await self._connection.scalar(mine) or 0


def _build_key(workspace: str, project: ProjectSlug) -> str:
    return f"{workspace}|{project}"
