"""What runs where, by the deploys that were told: nothing is asked of CircleCI for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from bot.circleci.deploys_ahead import RunningDeploy
from bot.domain import Deploy, Outcome, OutcomeKind, ProjectSlug
from bot.store.engine.statements import Repository
from bot.store.outcomes import build_outcome
from bot.store.tables.publishing import outcomes

LOOKS_BACK = timedelta(days=90)
_MOST = 300
"""Deploys that are looked through, the newest ones."""

BROUGHT = frozenset({OutcomeKind.DEPLOYED, OutcomeKind.ROLLED_BACK})
_DEPLOYS = (
    select(outcomes)
    .where(
        outcomes.c.project.in_(bindparam("projects", expanding=True)),
        outcomes.c.deploy.is_not(None),
        outcomes.c.happened_at >= bindparam("since"),
    )
    .order_by(outcomes.c.happened_at.desc(), outcomes.c.key)
    .limit(_MOST)
)


class RunningDeployRepository(Repository):
    async def list_for(self, projects: Iterable[ProjectSlug], now: datetime) -> list[Outcome]:
        """The newest deploy or rollback of each place of these projects in 90 days, the latest first."""
        found: dict[tuple[ProjectSlug, str, str, str], Outcome] = {}
        for outcome, deploy in await self._list_brought(projects, now):
            found.setdefault((outcome.project, *_get_place(deploy)), outcome)
        return list(found.values())

    async def list_made(self, project: ProjectSlug, now: datetime) -> list[RunningDeploy]:
        """The same of one project, each with the pipeline that made what runs: a rollback brings back another one's."""
        makers: dict[tuple[str, ...], str] = {}
        running: dict[tuple[str, ...], RunningDeploy] = {}
        for outcome, deploy in reversed(await self._list_brought([project], now)):
            place = _get_place(deploy)
            by = "" if deploy.is_rollback else outcome.pipeline_id
            maker = makers.setdefault((*place, deploy.version), by)
            running[place] = RunningDeploy(*place, deploy.version, maker, outcome.happened_at)
        return list(running.values())

    async def _list_brought(self, projects: Iterable[ProjectSlug], now: datetime) -> list[tuple[Outcome, Deploy]]:
        """What was deployed or rolled back, the latest first."""
        asked = {"projects": sorted(map(str, projects)), "since": now - LOOKS_BACK}
        rows = await self._connection.execute(_DEPLOYS, asked) if asked["projects"] else ()
        told = map(build_outcome, rows)
        return [(one, one.deploy) for one in told if one.deploy and one.kind in BROUGHT]


def _get_place(deploy: Deploy) -> tuple[str, str, str]:
    return deploy.component, deploy.environment, deploy.namespace
