"""Pipelines of which somebody wants to hear what they deploy, and when CircleCI is asked. Replicas share them by lease.

A row is written with the end that may have deployed something, or with a rule that wants to hear of it, and goes when
nothing more is to be found out. So nothing that is about the pipeline itself depends on what CircleCI says of deploys.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Row,
    Select,
    String,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)

from bot.domain import ProjectSlug
from bot.naming import fold_login
from bot.rules.dm_topics import DEPLOYS
from bot.rules.kinds import ALL, DEPLOY_KINDS
from bot.store.boards import covers_project
from bot.store.engine.moment import UtcDateTime
from bot.store.engine.statements import bind_key, build_insert
from bot.store.leases import NOW, DueRepository, build_due_claim
from bot.store.tables.identities import logins, people
from bot.store.tables.polling import deploy_looks
from bot.store.tables.publishing import boards, pipelines
from bot.store.tables.rule_index import covers, subscriptions

_LATELY, _MOST_LATELY = timedelta(hours=2), 200

_OURS = and_(bind_key(deploy_looks, "pipeline_id"), deploy_looks.c.leased_by == bindparam("holder"))
_UNCHANGED = and_(_OURS, deploy_looks.c.ends == bindparam("known_ends"))
_FREE = {"leased_by": None, "leased_until": None}

_PROJECT = bindparam("project", type_=String())
_BY_RULE = (
    select(subscriptions.c.made_at)
    .join(covers, subscriptions.c.id == covers.c.subscription_id)
    .where(covers.c.project == _PROJECT)
    .where(or_(*(subscriptions.c.rule.contains(f'"{kind}"') for kind in sorted({*DEPLOY_KINDS, ALL}))))
)
_BY_BOARD = select(boards.c.made_at).where(covers_project(_PROJECT))
_WISHES = union_all(_BY_RULE, _BY_BOARD).subquery()
_NEWEST_WISH = select(func.max(_WISHES.c.made_at))
_BY_STARTER = (
    select(people.c.user)
    .join(logins, and_(logins.c.workspace == people.c.workspace, logins.c.user == people.c.user))
    .where(logins.c.folded == bindparam("starter"), people.c.messages.contains(DEPLOYS))
)
_WANTED = or_(exists(_BY_RULE), exists(_BY_STARTER), exists(_BY_BOARD))
_IS_WANTED = select(_WANTED)
_ANYWAY = select(bindparam("pipeline_id", type_=String()), _PROJECT, NOW, literal(1), NOW, literal(0))
_IF_WANTED = _ANYWAY.where(_WANTED)
_WHAT_MOVED_LATELY = (
    select(pipelines.c.id, pipelines.c.project, NOW, literal(1), NOW, literal(0))
    .where(pipelines.c.project.in_(bindparam("projects", expanding=True)))
    .where(or_(pipelines.c.finished_at.is_(None), pipelines.c.finished_at >= bindparam("lately", type_=UtcDateTime())))
    .order_by(pipelines.c.number.desc())
    .limit(_MOST_LATELY)
)


@dataclass(frozen=True, slots=True)
class DeployLook:
    """`since` is when something of the pipeline ended last, the `ends`th time that anything did.

    `failures` counts how often in a row we failed to look, for a reason of our own.
    """

    pipeline_id: str
    project: ProjectSlug
    since: datetime
    ends: int
    next_look_at: datetime
    failures: int = 0


class DeployLookRepository(DueRepository[DeployLook]):
    table = deploy_looks
    key = "pipeline_id"
    claim_update = build_due_claim(deploy_looks, "pipeline_id")

    @staticmethod
    def build(row: Row[Any]) -> DeployLook:
        return DeployLook(
            row.pipeline_id,
            ProjectSlug.parse(row.project),
            row.since,
            row.ends,
            row.next_look_at,
            failures=row.failures or 0,
        )

    async def is_wanted(self, project: ProjectSlug, *, starter: str | None) -> bool:
        """Whether a rule for the project may want deploys, a board tells of it, or the person with this login does."""
        about = {"project": str(project), "starter": fold_login(starter or "")}
        return bool(await self._connection.scalar(_IS_WANTED, about))

    async def ask(
        self, pipeline_id: str, project: ProjectSlug, now: datetime, *, starter: str | None, anyway: bool = False
    ) -> bool:
        """Something of it has ended. CircleCI is asked at once, also where it was asked before.

        False unless `anyway` where no rule, no board and not the person with this login may want deploys of the
        project: then it is not asked.
        """
        these = _ANYWAY if anyway else _IF_WANTED
        asked = {"pipeline_id": pipeline_id, "project": str(project), "starter": fold_login(starter or "")}
        ask = _build_ask(these, self._connection.dialect.name)
        return (await self._connection.execute(ask, {**asked, "now": now})).rowcount > 0

    async def ask_lately(self, projects: Iterable[ProjectSlug], now: datetime) -> None:
        """Somebody wants to hear from now on of what these projects deploy: what is under way is asked about too."""
        asked = {"projects": [str(one) for one in projects], "lately": now - _LATELY}
        ask = _build_ask(_WHAT_MOVED_LATELY, self._connection.dialect.name)
        await self._connection.execute(ask, {**asked, "now": now})

    async def find_wish(self, project: ProjectSlug) -> datetime | None:
        """Since when the newest rule for it may want deploys, by word or pattern, or a board; None where none does."""
        made_at: datetime | None = await self._connection.scalar(_NEWEST_WISH, {"project": str(project)})
        return made_at

    async def settle(
        self, look: DeployLook, again_at: datetime | None, holder: str, *, has_failed: bool = False
    ) -> None:
        """Give the lease back until `again_at`, or forget the row; one of which more ended meanwhile stays due."""
        this = {"this_pipeline_id": look.pipeline_id, "holder": holder}
        known = {**this, "known_ends": look.ends}
        if again_at is None:
            await self._connection.execute(delete(deploy_looks).where(_UNCHANGED), known)
        else:
            later = (
                update(deploy_looks)
                .where(_UNCHANGED)
                .values(next_look_at=again_at, failures=look.failures + 1 if has_failed else 0)
            )
            await self._connection.execute(later, known)
        await self._connection.execute(update(deploy_looks).where(_OURS).values(**_FREE), this)


@cache
def _build_ask(these: Select[Any], dialect: str) -> Any:
    new = build_insert(deploy_looks, dialect).from_select(
        ["pipeline_id", "project", "since", "ends", "next_look_at", "failures"], these
    )
    again = {name: new.excluded[name] for name in ("since", "next_look_at", "failures")}
    return new.on_conflict_do_update(index_elements=["pipeline_id"], set_={**again, "ends": deploy_looks.c.ends + 1})
