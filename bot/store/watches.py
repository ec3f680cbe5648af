"""The projects that we poll. Replicas share them by lease."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, delete, false, or_, select, true, update

from bot.domain import ProjectSlug
from bot.store.rows import Noun
from bot.store.tables import watches


@dataclass(frozen=True, slots=True)
class Watch:
    """`cursor` is the highest pipeline number seen, None before the first look; `error` why it cannot be read.

    `default_branch` is the project's, as CircleCI said at `learned_at`.
    """

    project: ProjectSlug
    cursor: int | None
    next_look_at: datetime
    idle_rounds: int
    error: str | None
    default_branch: str | None = None
    learned_at: datetime | None = None


class Watches(Noun):
    async def ensure(self, project: ProjectSlug, now: datetime) -> None:
        """Watched from now on, and looked at now.

        One that is watched already is hurried, so that whoever is about to drop it sees that it is asked for again.
        """
        new = self._insert(watches).values(project=str(project), next_look_at=now, idle_rounds=0, hurried=False)
        hurried = {"next_look_at": now, "idle_rounds": 0, "hurried": True}
        await self._connection.execute(new.on_conflict_do_update(index_elements=["project"], set_=hurried))

    async def claim(self, now: datetime, lease_s: float, holder: str, limit: int) -> list[Watch]:
        """Projects that are due and that nobody is looking at; they are ours for `lease_s` seconds."""
        free = or_(watches.c.leased_until.is_(None), watches.c.leased_until < now)
        due = (
            select(watches)
            .where(watches.c.next_look_at <= now, free)
            .order_by(watches.c.next_look_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = (await self._connection.execute(due)).all()
        claimed = update(watches).where(watches.c.project.in_([row.project for row in rows]))
        until = now + timedelta(seconds=lease_s)
        if rows:
            await self._connection.execute(claimed.values(leased_by=holder, leased_until=until, hurried=False))
        return [_watch(row) for row in rows]

    async def keep(self, project: ProjectSlug, holder: str, until: datetime) -> None:
        """Renew the lease, unless it is no longer ours."""
        ours = update(watches).where(watches.c.project == str(project), watches.c.leased_by == holder)
        await self._connection.execute(ours.values(leased_until=until))

    async def settle(
        self,
        project: ProjectSlug,
        cursor: int | None,
        next_look_at: datetime,
        idle_rounds: int,
        error: str | None = None,
    ) -> None:
        """Give the lease back. Who hurried us meanwhile is not forgotten: the next look is then due already."""
        settled = update(watches).where(watches.c.project == str(project))
        await self._connection.execute(
            settled.values(
                cursor=cursor,
                next_look_at=case((watches.c.hurried == true(), watches.c.next_look_at), else_=next_look_at),
                idle_rounds=idle_rounds,
                error=error,
                leased_by=None,
                leased_until=None,
            )
        )

    async def learn(self, project: ProjectSlug, default_branch: str | None, now: datetime) -> None:
        """What CircleCI says of the project itself."""
        this = update(watches).where(watches.c.project == str(project))
        await self._connection.execute(this.values(default_branch=default_branch, learned_at=now))

    async def hurry(self, project: ProjectSlug, now: datetime) -> None:
        """Look at it now."""
        hurried = update(watches).where(watches.c.project == str(project))
        await self._connection.execute(hurried.values(next_look_at=now, hurried=True, idle_rounds=0))

    async def drop(self, project: ProjectSlug) -> None:
        """Watch it no more, unless somebody has just asked for it."""
        this = watches.c.project == str(project)
        await self._connection.execute(delete(watches).where(this, watches.c.hurried == false()))
        await self._connection.execute(update(watches).where(this).values(leased_by=None, leased_until=None))

    async def free_all(self) -> None:
        """Nobody looks at anything any more."""
        await self._connection.execute(update(watches).values(leased_by=None, leased_until=None))

    async def all(self) -> list[Watch]:
        rows = await self._connection.execute(select(watches).order_by(watches.c.project))
        return [_watch(row) for row in rows]


def _watch(row: Row[Any]) -> Watch:
    return Watch(
        project=ProjectSlug.parse(row.project),
        cursor=row.cursor,
        next_look_at=row.next_look_at,
        idle_rounds=row.idle_rounds,
        error=row.error,
        default_branch=row.default_branch,
        learned_at=row.learned_at,
    )
