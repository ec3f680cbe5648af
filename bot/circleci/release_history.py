"""What was tried of a project's deploys as far back as CircleCI tells, and the pipelines of the commits in it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.circleci.client import CircleCI
from bot.circleci.deployed_places import fetch_pipelines, match_names
from bot.circleci.models import DeployComponent, DeployEnvironment, Pipeline, Project, Release
from bot.errors import fetch_if_visible

PAGES = 10
"""Of attempts, and of pipelines: as far back as anybody is answered."""

MOST_SINGLE = 40
"""Pipelines that are asked for one by one."""

_PUSHED_BEFORE = timedelta(weeks=2)
"""How long before its deploy a commit may have been pushed to be looked for."""


@dataclass(frozen=True, slots=True)
class ReleaseHistory:
    """Attempts of these components. `is_cut` says that there were older ones.

    `releases` is None where CircleCI does not tell. A project without deploys has no `component_names`: those are of
    all components, also of those that were not asked for.
    """

    project: Project
    components: Sequence[DeployComponent] = ()
    environments: Sequence[DeployEnvironment] = ()
    releases: Sequence[Release] | None = ()
    is_cut: bool = False
    component_names: Sequence[str] = ()


async def fetch_release_history(
    circleci: CircleCI, project: Project, *, component: str | None = None, namespace: str | None = None
) -> ReleaseHistory:
    """A project without deploys costs one request, any other twelve at most. Raises CircleCIError."""
    everything = await circleci.list_deploy_components(project)
    known = [one.name for one in everything]
    names = match_names(known, component)
    components = [one for one in everything if one.name in names]
    if not components:
        return ReleaseHistory(project, component_names=known)
    environments, releases = await asyncio.gather(
        circleci.list_deploy_environments(project.organization_id), circleci.list_releases(project, pages=PAGES)
    )
    if releases is None:
        return ReleaseHistory(project, components, environments, None, component_names=known)
    ids = {one.id for one in components}
    ours = [one for one in releases if one.component_id in ids and namespace in {None, one.namespace}]
    return ReleaseHistory(project, components, environments, ours, releases.is_cut, component_names=known)


async def fetch_pushes(
    circleci: CircleCI, project: Project, pipeline_ids: Iterable[str], *, since: datetime
) -> list[Pipeline]:
    """These pipelines, and those of the same branch that may have built their commits first.

    The branch is that of the first one: eleven requests. What ran elsewhere is asked for one by one, forty at most.
    """
    wanted = [each for each in dict.fromkeys(pipeline_ids) if each]
    newest = await fetch_if_visible(circleci.fetch_pipeline, wanted[0]) if wanted else None
    if newest is None:
        return []
    known = {newest.id: newest}
    branch = None if newest.tag else newest.branch
    async for one in circleci.list_pipelines(project.project, branch=branch, pages=PAGES):
        known[one.id] = one
        if one.created_at and one.created_at < since - _PUSHED_BEFORE:
            break
    missing = [each for each in wanted if each not in known][:MOST_SINGLE]
    return [*known.values(), *(await fetch_pipelines(circleci, missing)).values()]
