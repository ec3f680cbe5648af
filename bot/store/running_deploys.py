"""What runs where, by the deploys that were told: nothing is asked of CircleCI for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from bot.domain import Outcome, OutcomeKind, ProjectSlug
from bot.store.engine.statements import Repository
from bot.store.outcomes import build_outcome
from bot.store.tables.publishing import outcomes

LOOKS_BACK = timedelta(days=90)
_MOST = 300
"""Deploys that are looked through, the newest ones."""

_BROUGHT = frozenset({OutcomeKind.DEPLOYED, OutcomeKind.ROLLED_BACK})
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
        asked = {"projects": sorted(map(str, projects)), "since": now - LOOKS_BACK}
        found: dict[tuple[ProjectSlug, str, str, str], Outcome] = {}
        for row in await self._connection.execute(_DEPLOYS, asked) if asked["projects"] else ():
            outcome = build_outcome(row)
            if (deploy := outcome.deploy) and outcome.kind in _BROUGHT:
                place = (outcome.project, deploy.component, deploy.environment, deploy.namespace)
                found.setdefault(place, outcome)
        return list(found.values())
