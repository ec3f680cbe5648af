"""The pipelines that we follow, each as it was last read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, case, delete, exists, or_, select, update

from bot.domain import ProjectSlug
from bot.store.rows import Noun
from bot.store.tables import cards, deeds, outbox, pipelines


@dataclass(frozen=True, slots=True)
class Followed:
    """`snapshot` is JSON; `finished_at` is None while it may still move; `next_look_at` None when it is long over."""

    id: str
    project: ProjectSlug
    number: int
    branch: str | None
    tag: str | None
    snapshot: str
    version: int
    finished_at: datetime | None
    next_look_at: datetime | None


class Pipelines(Noun):
    async def follow(
        self,
        pipeline_id: str,
        project: ProjectSlug,
        number: int,
        branch: str | None,
        tag: str | None,
        snapshot: str,
        now: datetime,
    ) -> bool:
        """Follow it from now on; True when it was not followed before."""
        values = {
            "id": pipeline_id,
            "project": str(project),
            "number": number,
            "branch": branch,
            "tag": tag,
            "snapshot": snapshot,
            "version": 1,
            "followed_at": now,
            "next_look_at": now,
        }
        return await self._insert_new(pipelines, values)

    async def get(self, pipeline_id: str) -> Followed | None:
        row = (await self._connection.execute(select(pipelines).where(pipelines.c.id == pipeline_id))).one_or_none()
        return _followed(row) if row else None

    async def save(
        self,
        pipeline_id: str,
        snapshot: str,
        branch: str | None,
        tag: str | None,
        finished_at: datetime | None,
        next_look_at: datetime | None,
        *,
        was_due_at: datetime | None,
    ) -> None:
        """What was read. Who hurried it since it was due (`was_due_at`) is not forgotten."""
        undisturbed = pipelines.c.next_look_at.is_not_distinct_from(was_due_at)
        await self._connection.execute(
            update(pipelines)
            .where(pipelines.c.id == pipeline_id)
            .values(
                snapshot=snapshot,
                branch=branch,
                tag=tag,
                finished_at=finished_at,
                next_look_at=case((undisturbed, next_look_at), else_=pipelines.c.next_look_at),
                version=pipelines.c.version + 1,
            )
        )

    async def due(self, project: ProjectSlug, now: datetime, limit: int) -> list[Followed]:
        """Those to be read again, longest due first."""
        query = select(pipelines).where(pipelines.c.project == str(project), pipelines.c.next_look_at <= now)
        longest_due = query.order_by(pipelines.c.next_look_at, pipelines.c.number)
        return [_followed(row) for row in await self._connection.execute(longest_due.limit(limit))]

    async def moving_in(self, place: str, until: datetime) -> bool:
        """Whether any pipeline of a project or an organisation is to be looked at again by then: it moves.

        What waits for an approval for long may move some day, and is looked at less often.
        """
        theirs = or_(pipelines.c.project == place, pipelines.c.project.startswith(f"{place}/", autoescape=True))
        soon = and_(pipelines.c.finished_at.is_(None), pipelines.c.next_look_at <= until)
        return await self._connection.scalar(select(pipelines.c.id).where(theirs, soon).limit(1)) is not None

    async def unfinished(self, project: ProjectSlug) -> list[Followed]:
        query = select(pipelines).where(pipelines.c.project == str(project), pipelines.c.finished_at.is_(None))
        return [_followed(row) for row in await self._connection.execute(query)]

    async def overdue(self, project: ProjectSlug, since: datetime) -> list[Followed]:
        """Those that were not over and due before then, and could not be read yet."""
        query = select(pipelines).where(pipelines.c.project == str(project), pipelines.c.finished_at.is_(None))
        rows = await self._connection.execute(query.where(pipelines.c.next_look_at < since))
        return [_followed(row) for row in rows]

    async def next_look_at(self, project: ProjectSlug) -> datetime | None:
        """When the first of the project's pipelines is due; None when none ever will be."""
        query = select(pipelines.c.next_look_at).where(
            pipelines.c.project == str(project), pipelines.c.next_look_at.is_not(None)
        )
        due: datetime | None = await self._connection.scalar(query.order_by(pipelines.c.next_look_at).limit(1))
        return due

    async def hurry(self, pipeline_id: str, now: datetime) -> None:
        """Read it now, also when it was thought to be over."""
        await self._connection.execute(update(pipelines).where(pipelines.c.id == pipeline_id).values(next_look_at=now))

    async def look_by(self, pipeline_id: str, moment: datetime) -> None:
        """Read it then at the latest."""
        later = update(pipelines).where(pipelines.c.id == pipeline_id, pipelines.c.next_look_at > moment)
        await self._connection.execute(later.values(next_look_at=moment))

    async def newest(self, project: ProjectSlug, limit: int) -> list[Followed]:
        query = select(pipelines).where(pipelines.c.project == str(project))
        rows = await self._connection.execute(query.order_by(pipelines.c.number.desc()).limit(limit))
        return [_followed(row) for row in rows]

    async def forget_older(self, before: datetime) -> int:
        """Forget pipelines that were over before then, with their cards' rows and what was said in their threads.

        Not those of which something is still to be shown or said. Outcomes stay: they are what is never told twice.
        """
        over = select(pipelines.c.id).where(pipelines.c.finished_at < before)
        old_cards = select(cards.c.id).where(cards.c.pipeline_id.in_(over))
        unsent = exists().where(outbox.c.card_id == cards.c.id, outbox.c.state == "queued")
        unshown = and_(cards.c.wanted > cards.c.shown, cards.c.gone_at.is_(None))
        busy = select(cards.c.pipeline_id).where(or_(unsent, unshown))
        gone = over.where(pipelines.c.id.not_in(busy))
        await self._connection.execute(
            delete(outbox).where(outbox.c.card_id.in_(old_cards), outbox.c.state != "queued")
        )
        await self._connection.execute(delete(cards).where(cards.c.pipeline_id.in_(gone)))
        await self._connection.execute(delete(deeds).where(deeds.c.pipeline_id.in_(gone)))
        return (await self._connection.execute(delete(pipelines).where(pipelines.c.id.in_(gone)))).rowcount


def _followed(row: Row[Any]) -> Followed:
    return Followed(
        id=row.id,
        project=ProjectSlug.parse(row.project),
        number=row.number,
        branch=row.branch,
        tag=row.tag,
        snapshot=row.snapshot,
        version=row.version,
        finished_at=row.finished_at,
        next_look_at=row.next_look_at,
    )
