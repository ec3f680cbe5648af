"""Whose pushes a deploy brought: read off what happened, so that nobody asks CircleCI for it."""

from __future__ import annotations

from sqlalchemy import Text, bindparam, select

from bot.domain import Deploy, Outcome, OutcomeKind, ProjectSlug
from bot.naming import fold_login
from bot.store.engine.statements import Repository, bind_columns
from bot.store.outcomes import build_outcome
from bot.store.tables.publishing import outcomes

MOST = 10
"""People who are named."""

_LOOKED_AT = 50
_BEFORE = (
    select(outcomes)
    .where(bind_columns(outcomes, "project"), outcomes.c.deploy.is_not(None))
    .where(outcomes.c.pipeline_number < bindparam("number"))
    .order_by(outcomes.c.pipeline_number.desc())
    .limit(_LOOKED_AT)
)
_ACTORS = (
    select(outcomes.c.actor)
    .where(bind_columns(outcomes, "project"), outcomes.c.actor.is_not(None))
    .where(outcomes.c.branch.is_not_distinct_from(bindparam("branch", type_=Text())))
    .where(outcomes.c.pipeline_number.between(bindparam("first"), bindparam("last")))
    .distinct()
    .order_by(outcomes.c.actor)
    .limit(MOST + 1)
)


class ShippedPushes(Repository):
    async def list_logins(self, deployed: Outcome) -> list[str]:
        """Who else started a pipeline of the branch since what was deployed to this place before; ten at most.

        Nobody where that is not known: the branch's whole past did not go out today.
        """
        asked = {"project": str(deployed.project), "number": deployed.pipeline_number}
        earlier = [build_outcome(row) for row in await self._connection.execute(_BEFORE, asked)]
        last = next((one for one in earlier if _is_same_place(one, deployed)), None)
        if last is None:
            return []
        actors = await self.list_pushers(
            deployed.project, deployed.branch, first=last.pipeline_number + 1, last=deployed.pipeline_number
        )
        return [actor for actor in actors if fold_login(actor) != fold_login(deployed.actor or "")][:MOST]

    async def list_pushers(self, project: ProjectSlug, branch: str | None, *, first: int, last: int) -> list[str]:
        """Who started a pipeline of the branch with a number from the `first` to the `last`."""
        asked = {"project": str(project), "branch": branch, "first": first, "last": last}
        return list(await self._connection.scalars(_ACTORS, asked))


def _is_same_place(one: Outcome, deployed: Outcome) -> bool:
    return one.kind == OutcomeKind.DEPLOYED and _get_place(one.deploy) == _get_place(deployed.deploy)


def _get_place(deploy: Deploy | None) -> tuple[str, str, str] | None:
    return (deploy.component, deploy.environment, deploy.namespace) if deploy else None
