"""What components and environments are called, of which CircleCI's releases tell only the ids."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.circleci.client import CircleCI
from bot.circleci.deploys_ahead import DeployAhead, pick_ahead
from bot.circleci.models import Project, Release
from bot.circleci.pipeline_releases import LONGEST, PipelineRelease
from bot.circleci.snapshot import Snapshot
from bot.errors import fetch_if_visible

_MOST, _MOST_HOLDS = 200, 20
_PAGES, _MOST_SINGLE = 4, 12


@dataclass(frozen=True, slots=True)
class DeployNames:
    """Of components and environments, by id; what nobody names is called by its id. `environments` are all of them."""

    learned_at: datetime
    by_id: dict[str, str]
    environments: tuple[str, ...] = ()

    @property
    def leaves_out(self) -> bool:
        """Some are hidden, or too many: what is new is no sooner named than they are."""
        return any(name == each for each, name in self.by_id.items())


async def fetch_names(circleci: CircleCI, *, project: Project, ids: set[str], now: datetime) -> DeployNames:
    """Those of these ids alone; what is hidden has none. Components that a long list leaves out are asked about."""
    components, environments = await asyncio.gather(
        fetch_if_visible(circleci.list_deploy_components, project, pages=_PAGES),
        fetch_if_visible(circleci.list_deploy_environments, project.organization_id),
    )
    named = {one.id: one.name[:LONGEST] for one in [*(components or ()), *(environments or ())] if one.name}
    if components is not None and components.is_cut:
        unread = sorted(ids - named.keys())[:_MOST_SINGLE]
        found = await asyncio.gather(*(fetch_if_visible(circleci.fetch_component_name, one) for one in unread))
        named |= {each: name[:LONGEST] for each, name in zip(unread, found, strict=True) if name}
    places = [named[one.id] for one in environments or () if one.id in named]
    return DeployNames(now, {each: named.get(each, each) for each in ids}, tuple(places[:_MOST]))


def list_ahead(
    snapshot: Snapshot, found: Sequence[PipelineRelease], tried: Sequence[Release], names: DeployNames
) -> tuple[DeployAhead, ...]:
    """What the holds that wait let through, as far as what was `tried` lately tells."""
    by_hold = [
        pick_ahead(
            job,
            snapshot.get_run(workflow).list_jobs_after(job, let_through=True),
            [one for one in found if one.workflow_id == workflow.id],
            tried,
            names=names.by_id,
            environments=names.environments,
        )
        for workflow, job in snapshot.pending_holds[:_MOST_HOLDS]
    ]
    return tuple(one for ahead in by_hold for one in ahead)
