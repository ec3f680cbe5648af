"""What a hold lets through to which environment: told in the form that approves it, and how something is promoted.

Which job deploys where CircleCI does not say before it has: a job, or its hold, that has an environment's name in its
own is taken to deploy there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.actions import act_targets
from bot.actions.hold_approval import HeldWorkflow
from bot.actions.targets import FoundWorkflow
from bot.blocks import promotion_blocks
from bot.blocks.hold_blocks import Hold
from bot.circleci.deployed_changes import fetch_changes
from bot.circleci.deployed_places import DeployPlace, ProjectDeploys, fetch_deploys
from bot.circleci.models import Job
from bot.circleci.snapshot import WorkflowRun
from bot.command import Context
from bot.errors import CircleCIError


@dataclass(frozen=True, slots=True)
class Promotion:
    """A hold that waits in the pipeline of what runs at `source`, and lets it through to `target`."""

    source: DeployPlace
    target: DeployPlace
    found: FoundWorkflow
    hold: Job


async def add_deploys(context: Context, hold: Hold) -> Hold:
    """The hold with what approving it deploys where, as far as CircleCI tells of deploys. Raises nothing for them."""
    if context.links.is_server:
        return hold
    try:
        project = await context.circleci.fetch_project(hold.project)
        deploys = await fetch_deploys(context.circleci, project)
        lines = [await _describe(context, deploys, place, hold) for place in _list_targets(deploys, hold)]
    except CircleCIError:
        return hold
    return replace(hold, deploys="\n".join(lines))


def _list_targets(deploys: ProjectDeploys, hold: Hold) -> list[DeployPlace]:
    after = hold.snapshot.get_run(hold.workflow).list_jobs_after(hold.job)
    return match_places(deploys.places, hold.job, after)


async def _describe(context: Context, deploys: ProjectDeploys, place: DeployPlace, hold: Hold) -> str:
    runs = deploys.pipelines.get(place.get_pipeline_id(place.live)) if place.live else None
    changes = await fetch_changes(context.circleci, runs, hold.snapshot.pipeline) if runs else None
    return promotion_blocks.format_ahead(deploys, place, hold.snapshot.pipeline, changes, links=context.links)


def match_places(places: Sequence[DeployPlace], hold: Job, after: Sequence[Job]) -> list[DeployPlace]:
    """Those to which the jobs behind the hold deploy; by its own name only where it holds nothing that is known."""
    named = [one for one in places if any(_names(job, one) for job in after)]
    return named or [one for one in places if not after and _names(hold, one)]


def _names(job: Job, place: DeployPlace) -> bool:
    return place.environment.name.casefold() in job.name.casefold()


async def find_promotions(context: Context, deploys: ProjectDeploys) -> list[Promotion]:
    """What can be promoted by approving a hold now. The same workflow is read once."""
    found: list[Promotion] = []
    for source in deploys.places:
        live = source.live
        pipeline = deploys.pipelines.get(live.pipeline_id) if live else None
        if live is None or pipeline is None or not live.workflow_id:
            continue
        jobs = list(await context.circleci.list_workflow_jobs(live.workflow_id) or ())
        for hold in (job for job in jobs if job.is_held):
            workflow = await context.circleci.fetch_workflow(live.workflow_id)
            after = WorkflowRun(workflow=workflow, jobs=tuple(jobs)).list_jobs_after(hold)
            others = [one for one in deploys.places if one.component == source.component and one is not source]
            found += [
                Promotion(source, target, FoundWorkflow(workflow, pipeline), hold)
                for target in match_places(others, hold, after)
            ]
    return found


async def build_held(context: Context, promotion: Promotion) -> HeldWorkflow:
    """The hold as `approve` knows it. Raises NotAllowed where the policy is against approving it."""
    found, hold = promotion.found, promotion.hold
    target = await act_targets.fetch_pipeline_target(context, found.pipeline, found.workflow, hold=hold)
    return HeldWorkflow(found, hold, target, await context.rights.check_act(target, "approve"))
