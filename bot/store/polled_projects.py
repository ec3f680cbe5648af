"""The projects that we poll. Replicas share them by lease."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Row,
    and_,
    bindparam,
    case,
    delete,
    exists,
    false,
    func,
    null,
    or_,
    select,
    true,
    update,
)

from bot.domain import ProjectSlug
from bot.domain.project_feeds import PolledProject, TokenOwner
from bot.store.engine.moment import UtcDateTime
from bot.store.installed_webhooks import is_trusted
from bot.store.leases import DueRepository, build_due_claim, name_returned
from bot.store.tables.polling import hooks, watches
from bot.store.tables.rule_index import covers

_THIS = watches.c.project == bindparam("this")
_PROJECT = name_returned(watches.c.project)
_ABOUT = (
    exists().where(covers.c.project == _PROJECT).label("has_rules"),
    exists().where(hooks.c.project == _PROJECT, is_trusted(hooks)).label("has_webhook"),
)
"""What a look at a project depends on."""

_STILL_OURS = and_(_THIS, or_(watches.c.leased_by.is_(None), watches.c.leased_by == bindparam("holder")))
"""The project's row, where nobody else has claimed it."""

_SETTLE = (
    update(watches)
    .where(_STILL_OURS)
    .values(
        cursor=func.coalesce(bindparam("read_to", type_=Integer()), watches.c.cursor),
        next_look_at=case(
            (watches.c.hurried == true(), watches.c.next_look_at), else_=bindparam("due_at", type_=UtcDateTime())
        ),
        leased_by=None,
        leased_until=None,
    )
    .returning(watches.c.next_look_at)
)
_UNDISTURBED = and_(
    watches.c.hurried == false(),
    watches.c.listed_at.is_not_distinct_from(bindparam("was_listed_at", type_=UtcDateTime())),
    watches.c.doubted == bindparam("was_doubted", type_=Boolean()),
)
_READ_TO = (
    update(watches)
    .where(_THIS)
    .values(
        cursor=bindparam("read_to", type_=Integer()),
        newest_at=bindparam("read_until", type_=UtcDateTime()),
        listed_at=case((_UNDISTURBED, bindparam("shown_at", type_=UtcDateTime())), else_=watches.c.listed_at),
        doubted=case((_UNDISTURBED, false()), else_=watches.c.doubted),
    )
)
_DUE_BY = bindparam("at", type_=UtcDateTime())
_MAKE_DUE = (
    update(watches)
    .where(_THIS)
    .values(
        next_look_at=case((watches.c.next_look_at < _DUE_BY, watches.c.next_look_at), else_=_DUE_BY),
        hurried=True,
        idle_rounds=0,
    )
)
_FORCE_RELIST = _MAKE_DUE.values(doubted=True)
_PROJECTS = select(watches.c.project).order_by(watches.c.project)
_TOLD_DEPLOYS = (
    update(watches)
    .where(watches.c.organization_id == bindparam("organization"))
    .values(
        deploys_asked_at=bindparam("asked_at", type_=UtcDateTime()),
        no_deploys_since=case(
            (watches.c.project_id.in_(bindparam("deploying", expanding=True)), null()),
            else_=func.coalesce(watches.c.no_deploys_since, bindparam("asked_at", type_=UtcDateTime())),
        ),
    )
)
_UNTOLD_DEPLOYS = _TOLD_DEPLOYS.values(no_deploys_since=null())
_UNLISTED = (
    select(func.count())
    .select_from(watches)
    .where(watches.c.read_by == bindparam("owner"), watches.c.listed_at.is_(None))
)
_LISTED_LONGEST_AGO = (
    select(watches)
    .where(watches.c.listed_at.is_not(None), watches.c.doubted == false())
    .order_by(watches.c.listed_at)
    .limit(1)
)


class PolledProjectRepository(DueRepository[PolledProject]):
    table = watches
    key = "project"
    claim_update = build_due_claim(watches, "project", *_ABOUT, hurried=False)

    @staticmethod
    def build(row: Row[Any]) -> PolledProject:
        return PolledProject(
            project=ProjectSlug.parse(row.project),
            cursor=row.cursor,
            next_look_at=row.next_look_at,
            idle_rounds=row.idle_rounds,
            error=row.error,
            default_branch=row.default_branch,
            project_id=row.project_id,
            called=row.called,
            learned_at=row.learned_at,
            organization_id=row.organization_id,
            newest_at=row.newest_at,
            listed_at=row.listed_at,
            doubted=row.doubted,
            deploys_asked_at=row.deploys_asked_at,
            no_deploys_since=row.no_deploys_since,
            read_by=None if row.read_by is None else TokenOwner(*row.read_by.split("/")),
        )

    def build_claimed(self, row: Row[Any]) -> PolledProject:
        return replace(self.build(row), has_rules=row.has_rules, has_webhook=row.has_webhook)

    async def upsert(self, project: ProjectSlug, now: datetime) -> None:
        """Poll it from now on, and at once.

        One that is polled already is made due, so that a process that is about to delete its row does not.
        """
        new = self._build_insert(watches).values(project=str(project), next_look_at=now, idle_rounds=0, hurried=False)
        hurried = {"next_look_at": now, "idle_rounds": 0, "hurried": True, "doubted": True}
        await self._connection.execute(new.on_conflict_do_update(index_elements=["project"], set_=hurried))

    async def settle(
        self,
        project: ProjectSlug,
        cursor: int | None,
        next_look_at: datetime,
        *,
        idle_rounds: int,
        error: str | None = None,
        holder: str,
    ) -> datetime | None:
        """Give the lease back, unless it is somebody else's by now (None); without a `cursor` the old one stays.

        Returns when it is looked at next: where `make_due` was called meanwhile, that is due already.
        """
        found = {"read_to": cursor, "due_at": next_look_at, "idle_rounds": idle_rounds, "error": error}
        look_at: datetime | None = await self._connection.scalar(
            _SETTLE, {"this": str(project), "holder": holder} | found
        )
        return look_at

    async def update_details(self, learned: PolledProject) -> None:
        """What CircleCI says of the project itself."""
        details = {
            "default_branch": learned.default_branch,
            "project_id": learned.project_id,
            "called": learned.called,
            "organization_id": learned.organization_id,
            "learned_at": learned.learned_at,
        }
        await self._connection.execute(
            update(watches).where(watches.c.project == str(learned.project)).values(**details)
        )

    async def mark_read_by(self, project: ProjectSlug, owner: TokenOwner) -> None:
        """This token read it."""
        this = update(watches).where(watches.c.project == str(project))
        await self._connection.execute(this.values(read_by=str(owner)))

    async def mark_deploying(self, organization_id: str, projects: Collection[str] | None, now: datetime) -> None:
        """Of the organisation's projects those with these ids deploy something; None where that cannot be told."""
        told = {"organization": organization_id, "asked_at": now}
        if projects is None:
            await self._connection.execute(_UNTOLD_DEPLOYS, told)
        else:
            await self._connection.execute(_TOLD_DEPLOYS, {**told, "deploying": list(projects)})

    async def list_for_projects(self, projects: Iterable[ProjectSlug | str]) -> dict[ProjectSlug, PolledProject]:
        """Those of them that are polled."""
        known = watches.c.project.in_([str(project) for project in projects])
        return {
            polled.project: polled
            for polled in map(self.build, await self._connection.execute(select(watches).where(known)))
        }

    async def make_due(self, project: ProjectSlug, at: datetime) -> None:
        """Look at it then, or sooner if that was to be."""
        await self._connection.execute(_MAKE_DUE, {"this": str(project), "at": at})

    async def update_cursor(
        self, polled: PolledProject, cursor: int | None, newest_at: datetime | None, *, listed_at: datetime | None
    ) -> None:
        """How far the project has been read, and whether the organisation's listing shows it; nothing is in doubt.

        What another process found out about the listing since `polled` was claimed stays. So does `doubted` where
        `make_due` was called meanwhile: that pipeline may not have been listed yet.
        """
        before = {"this": str(polled.project), "was_listed_at": polled.listed_at, "was_doubted": polled.doubted}
        seen = {"read_to": cursor, "read_until": newest_at, "shown_at": listed_at}
        await self._connection.execute(_READ_TO, before | seen)

    async def force_relist(self, project: ProjectSlug, now: datetime, listed_at: datetime | None = None) -> None:
        """Fetch a listing of its own once more, now. With `listed_at` the organisation's listing has just shown it."""
        shown = {"listed_at": listed_at} if listed_at else {}
        await self._connection.execute(_FORCE_RELIST, {"this": str(project), "at": now} | shown)

    async def unlist_org(self, org_slug: str, now: datetime) -> None:
        """Each project of the organisation needs a listing of its own again."""
        values = {"listed_at": None, "doubted": False, "next_look_at": now, "hurried": True}
        relied = or_(watches.c.listed_at.is_not(None), watches.c.cursor == 0)
        await self._connection.execute(update(watches).where(self._is_in_org(org_slug), relied).values(**values))

    async def count_unlisted(self, owner: TokenOwner) -> int:
        """How many projects are read with this token that no listing of an organisation has shown."""
        return await self._connection.scalar(_UNLISTED, {"owner": str(owner)}) or 0

    async def list_projects(self, org_slug: str | None = None) -> list[ProjectSlug]:
        """All that are polled, or those of an organisation."""
        query = _PROJECTS if org_slug is None else _PROJECTS.where(self._is_in_org(org_slug))
        return [ProjectSlug.parse(project) for project in await self._connection.scalars(query)]

    async def list_unlisted(self, org_slug: str) -> list[PolledProject]:
        """Those of an organisation that no listing of it has shown."""
        query = select(watches).where(self._is_in_org(org_slug), watches.c.listed_at.is_(None))
        return [self.build(row) for row in await self._connection.execute(query.order_by(watches.c.project))]

    async def find_listed_longest_ago(self, org_slug: str) -> PolledProject | None:
        """Of the organisation's projects the one whose listing is vouched for longest ago, if that is not in doubt."""
        row = (await self._connection.execute(_LISTED_LONGEST_AGO.where(self._is_in_org(org_slug)))).one_or_none()
        return self.build(row) if row else None

    async def delete(self, project: ProjectSlug, *, holder: str) -> None:
        """Poll it no longer, unless somebody has just asked for it, or another process has its lease."""
        this = {"this": str(project), "holder": holder}
        await self._connection.execute(delete(watches).where(_STILL_OURS, watches.c.hurried == false()), this)
        await self._connection.execute(
            update(watches).where(_STILL_OURS).values(leased_by=None, leased_until=None), this
        )

    async def find_first_due_at(self) -> datetime | None:
        """When the most overdue project should have been looked at, or the next will be."""
        found: datetime | None = await self._connection.scalar(select(func.min(watches.c.next_look_at)))
        return found

    async def list_all(self) -> list[PolledProject]:
        rows = await self._connection.execute(select(watches).order_by(watches.c.project))
        return [self.build(row) for row in rows]

    def _is_in_org(self, org_slug: str) -> ColumnElement[bool]:
        return self._begins_with(watches.c.project, f"{org_slug}/")
