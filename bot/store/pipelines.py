"""The pipelines that we follow, each as it was last read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, delete, exists, func, or_, select, update

from bot.circleci.snapshot import Snapshot
from bot.domain import ProjectSlug
from bot.messages import OutboxState
from bot.store.engine.moment import UtcDateTime
from bot.store.engine.statements import Repository
from bot.store.tables.polling import watches
from bot.store.tables.publishing import cards, outbox, pipelines
from bot.store.tables.workspaces import deeds

RETENTION = timedelta(days=30)
"""How long finished pipelines are known with their cards: as long as somebody may press an old button."""


@dataclass(frozen=True)
class FollowedPipeline:
    """`finished_at` is None while it may still move; `next_look_at` is None when nobody has to look again.

    Of one that is due or unfinished it is known whether some channel has a card of it.
    """

    id: str
    project: ProjectSlug
    number: int
    branch: str | None
    tag: str | None
    snapshot_json: str
    version: int
    finished_at: datetime | None
    next_look_at: datetime | None
    has_card: bool = field(default=False, compare=False)

    @cached_property
    def snapshot(self) -> Snapshot:
        """As it was last read. Parsed when first asked for: many are listed only for their ids."""
        return Snapshot.model_validate_json(self.snapshot_json)


@dataclass(frozen=True, slots=True)
class ProjectActivity:
    """Of a project's pipelines: when the first is due (None: none ever will be), and whether any moves."""

    next_look_at: datetime | None
    moving: bool


_ONE = select(pipelines).where(pipelines.c.id == bindparam("this"))
_KNOWN = select(pipelines.c.id).where(pipelines.c.id.in_(bindparam("ids", expanding=True)))
_THESE = select(pipelines).where(pipelines.c.id.in_(bindparam("ids", expanding=True)))
_OF_PROJECTS = pipelines.c.project.in_(bindparam("projects", expanding=True))
_VERSIONS = select(pipelines.c.id, pipelines.c.version).where(_OF_PROJECTS, pipelines.c.next_look_at.is_not(None))
_HAS_CARD = exists().where(cards.c.pipeline_id == pipelines.c.id, cards.c.gone_at.is_(None)).label("has_card")
_UNFINISHED = (
    select(pipelines, _HAS_CARD)
    .where(_OF_PROJECTS, pipelines.c.finished_at.is_(None))
    .order_by(pipelines.c.followed_at.desc(), pipelines.c.number.desc())
)
_OF_PROJECT = pipelines.c.project == bindparam("project")
_DUE = (
    select(pipelines, _HAS_CARD)
    .where(_OF_PROJECT, pipelines.c.next_look_at <= bindparam("now"))
    .order_by(pipelines.c.next_look_at, pipelines.c.number)
    .limit(bindparam("most"))
)
_MOVES = and_(pipelines.c.finished_at.is_(None), pipelines.c.next_look_at <= bindparam("until"))
_OUTLOOK = select(
    func.min(pipelines.c.next_look_at).label("next_look_at"),
    func.coalesce(func.max(case((_MOVES, 1), else_=0)), 0).label("moving"),
).where(_OF_PROJECT, pipelines.c.next_look_at.is_not(None))
_HURRY = (
    update(pipelines)
    .where(pipelines.c.id == bindparam("this"))
    .values(next_look_at=bindparam("now"))
    .returning(pipelines.c.project)
)
_UNDISTURBED = pipelines.c.next_look_at.is_not_distinct_from(bindparam("was_due_at", type_=UtcDateTime()))
_SAVE = (
    update(pipelines)
    .where(pipelines.c.id == bindparam("this"))
    .values(
        next_look_at=case((_UNDISTURBED, bindparam("due_at", type_=UtcDateTime())), else_=pipelines.c.next_look_at),
        version=pipelines.c.version + 1,
    )
)


_THIS_VERSION = pipelines.c.version == bindparam("known_version")
_SAVE_OVER = _SAVE.where(_THIS_VERSION)
_POSTPONE = (
    update(pipelines)
    .where(pipelines.c.id == bindparam("this"), _UNDISTURBED, _THIS_VERSION)
    .values(next_look_at=bindparam("due_at", type_=UtcDateTime()))
)


class PipelineRepository(Repository):
    async def follow(
        self,
        pipeline_id: str,
        project: ProjectSlug,
        number: int,
        *,
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
        return await self._insert_if_new(pipelines, values)

    async def find(self, pipeline_id: str) -> FollowedPipeline | None:
        row = (await self._connection.execute(_ONE, {"this": pipeline_id})).one_or_none()
        return _build_pipeline(row) if row else None

    async def list_followed_ids(self, ids: Collection[str]) -> set[str]:
        """Those of them that are followed."""
        return set(await self._connection.scalars(_KNOWN, {"ids": list(ids)})) if ids else set()

    async def update(
        self,
        pipeline_id: str,
        snapshot: str,
        branch: str | None,
        *,
        tag: str | None,
        finished_at: datetime | None,
        next_look_at: datetime | None,
        was_due_at: datetime | None,
        over: int | None = None,
    ) -> bool:
        """What was read. Where `make_due` was called since (it is no longer due at `was_due_at`), it stays due.

        False where another version is there than the one that it is to be written `over`: then nothing is changed.
        """
        read = {"snapshot": snapshot, "branch": branch, "tag": tag, "finished_at": finished_at}
        due = {"was_due_at": was_due_at, "due_at": next_look_at}
        save, known = (_SAVE, {}) if over is None else (_SAVE_OVER, {"known_version": over})
        return (await self._connection.execute(save, {"this": pipeline_id} | read | due | known)).rowcount == 1

    async def postpone(self, known: FollowedPipeline, until: datetime | None) -> None:
        """It is as it is `known`, and read again then. Where somebody has written it meanwhile, their moment stays."""
        due = {"was_due_at": known.next_look_at, "due_at": until, "known_version": known.version}
        await self._connection.execute(_POSTPONE, {"this": known.id, **due})

    async def list_due(self, project: ProjectSlug, now: datetime, limit: int) -> list[FollowedPipeline]:
        """Those to be read again, longest due first."""
        rows = await self._connection.execute(_DUE, {"project": str(project), "now": now, "most": limit})
        return [_build_pipeline(row, has_card=row.has_card) for row in rows]

    async def has_moving(self, org_slug: str, until: datetime) -> bool:
        """Whether any pipeline of an organisation is to be looked at again by then: it moves.

        What waits for an approval for long may move some day, and is looked at less often. By its projects, so that the
        past is not looked through.
        """
        polled = select(watches.c.project).where(self._begins_with(watches.c.project, f"{org_slug}/"))
        theirs = pipelines.c.project.in_(polled)
        soon = and_(pipelines.c.finished_at.is_(None), pipelines.c.next_look_at <= until)
        return await self._connection.scalar(select(pipelines.c.id).where(theirs, soon).limit(1)) is not None

    async def list_unfinished(self, projects: Iterable[ProjectSlug]) -> list[FollowedPipeline]:
        """Those of these projects that may still move, the newest first."""
        named = [str(project) for project in projects]
        rows = (await self._connection.execute(_UNFINISHED, {"projects": named})).all() if named else []
        return [_build_pipeline(row, has_card=row.has_card) for row in rows]

    async def list_moving_versions(self, projects: Iterable[ProjectSlug]) -> dict[str, int]:
        """How often each pipeline of these projects that we look at was read, by its id. Reads no snapshot."""
        named = [str(project) for project in projects]
        rows = (await self._connection.execute(_VERSIONS, {"projects": named})).all() if named else []
        return {row.id: row.version for row in rows}

    async def list_by_ids(self, ids: Collection[str]) -> list[FollowedPipeline]:
        """Those of them that are followed."""
        rows = (await self._connection.execute(_THESE, {"ids": list(ids)})).all() if ids else []
        return [_build_pipeline(row) for row in rows]

    async def list_overdue(self, project: ProjectSlug, since: datetime) -> list[FollowedPipeline]:
        """Those that were not over and due before then, and could not be read yet."""
        query = select(pipelines).where(pipelines.c.project == str(project), pipelines.c.finished_at.is_(None))
        rows = await self._connection.execute(query.where(pipelines.c.next_look_at < since))
        return [_build_pipeline(row) for row in rows]

    async def load_activity(self, project: ProjectSlug, until: datetime) -> ProjectActivity:
        """How it goes on in the project; what is to be looked at again by `until` moves."""
        row = (await self._connection.execute(_OUTLOOK, {"project": str(project), "until": until})).one()
        return ProjectActivity(row.next_look_at, row.moving > 0)

    async def make_due(self, pipeline_id: str, now: datetime) -> ProjectSlug | None:
        """Read it now, also when it was thought to be over. Answers its project; None when it is not followed."""
        project = await self._connection.scalar(_HURRY, {"this": pipeline_id, "now": now})
        return ProjectSlug.parse(project) if project else None

    async def make_due_by(self, pipeline_id: str, moment: datetime) -> None:
        """Read it then at the latest."""
        later = update(pipelines).where(pipelines.c.id == pipeline_id, pipelines.c.next_look_at > moment)
        await self._connection.execute(later.values(next_look_at=moment))

    async def list_newest(self, project: ProjectSlug, limit: int) -> list[FollowedPipeline]:
        query = select(pipelines).where(pipelines.c.project == str(project))
        rows = await self._connection.execute(query.order_by(pipelines.c.number.desc()).limit(limit))
        return [_build_pipeline(row) for row in rows]

    async def prune(self, before: datetime) -> int:
        """Forget pipelines that were over before then, with their cards and the notices of their threads.

        Not those with a card or notice that still waits. Outcomes stay, so that none is published twice.
        """
        over = select(pipelines.c.id).where(pipelines.c.finished_at < before)
        old_cards = select(cards.c.id).where(cards.c.pipeline_id.in_(over))
        unsent = exists().where(outbox.c.card_id == cards.c.id, outbox.c.state == OutboxState.QUEUED)
        unshown = and_(cards.c.wanted > cards.c.shown, cards.c.gone_at.is_(None))
        busy = select(cards.c.pipeline_id).where(or_(unsent, unshown))
        gone = over.where(pipelines.c.id.not_in(busy))
        await self._connection.execute(
            delete(outbox).where(outbox.c.card_id.in_(old_cards), outbox.c.state != OutboxState.QUEUED)
        )
        await self._connection.execute(delete(cards).where(cards.c.pipeline_id.in_(gone)))
        await self._connection.execute(delete(deeds).where(deeds.c.pipeline_id.in_(gone)))
        return (await self._connection.execute(delete(pipelines).where(pipelines.c.id.in_(gone)))).rowcount


def _build_pipeline(row: Row[Any], *, has_card: bool = False) -> FollowedPipeline:
    return FollowedPipeline(
        id=row.id,
        project=ProjectSlug.parse(row.project),
        number=row.number,
        branch=row.branch,
        tag=row.tag,
        snapshot_json=row.snapshot,
        version=row.version,
        finished_at=row.finished_at,
        next_look_at=row.next_look_at,
        has_card=has_card,
    )
