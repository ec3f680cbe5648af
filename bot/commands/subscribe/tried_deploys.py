"""What the last pipelines of a rule's projects deployed, for its dry run: read as far back as CircleCI tells."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bot.actions.rule_scopes import VisibleScope
from bot.circleci.models import Project
from bot.circleci.pipeline_releases import pick_releases
from bot.circleci.release_history import ReleaseHistory, fetch_release_history
from bot.circleci.snapshot import Snapshot
from bot.command import Context
from bot.domain import ProjectSlug
from bot.errors import CircleCIError
from bot.rules.match import list_unmatched, wants_deploys
from bot.rules.rule import Rule

_MOST = 5
"""Projects: each costs up to twelve requests."""


@dataclass(frozen=True, slots=True)
class TriedDeploys:
    """`untold` are projects of which CircleCI does not tell, or that were not asked about; `without` have no deploys.

    `environments` are those that there are, where the rule names another one.
    """

    histories: Mapping[ProjectSlug, ReleaseHistory] = field(default_factory=dict)
    untold: Collection[ProjectSlug] = ()
    without: Collection[ProjectSlug] = ()
    environments: Collection[str] = ()

    def list_pipeline_ids(self) -> set[str]:
        return {one.pipeline_id for history in self.histories.values() for one in history.releases or ()}

    def add_releases(self, snapshot: Snapshot) -> Snapshot:
        """With what its jobs deployed."""
        history = self.histories.get(snapshot.pipeline.project)
        if history is None or not history.releases:
            return snapshot
        names = {one.id: one.name or one.id for one in history.components}
        names |= {one.id: one.name or one.id for one in history.environments}
        found = pick_releases(snapshot.pipeline, history.releases, names, is_cut=history.is_cut)
        return snapshot.model_copy(update={"releases": found})


async def fetch_tried_deploys(context: Context, rule: Rule, projects: Mapping[ProjectSlug, Project]) -> TriedDeploys:
    """Asks nothing where the rule wants no deploys."""
    if not wants_deploys(rule):
        return TriedDeploys()
    asked = dict(list(projects.items())[:_MOST])
    told = await asyncio.gather(*(_fetch_history(context, project) for project in asked.values()))
    found = {slug: history for slug, history in zip(asked, told, strict=True) if history}
    names = {one.name for history in found.values() for one in history.environments}
    return TriedDeploys(
        {slug: history for slug, history in found.items() if history.components},
        untold=[slug for slug in projects if slug not in found],
        without=[slug for slug, history in found.items() if not history.components],
        environments=sorted(names) if list_unmatched(rule.environment, names) else (),
    )


async def fetch_environments(context: Context, rule: Rule, seen: VisibleScope) -> list[str] | None:
    """Those of the organisation; None where the rule names none, or CircleCI does not tell."""
    if not rule.environment or not seen.organization_id:
        return None
    try:
        found = await context.circleci.list_deploy_environments(seen.organization_id)
    except CircleCIError:
        return None
    return sorted(one.name for one in found)


async def _fetch_history(context: Context, project: Project) -> ReleaseHistory | None:
    """None where CircleCI does not tell."""
    try:
        history = await fetch_release_history(context.circleci, project)
    except CircleCIError:
        return None
    return history if history.releases is not None else None
