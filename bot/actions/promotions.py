"""What a hold lets through to which environment: told in the form that approves it, and how something is promoted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.actions import act_targets
from bot.actions.hold_approval import HeldWorkflow
from bot.actions.targets import FoundWorkflow
from bot.blocks import promotion_blocks
from bot.blocks.hold_blocks import Hold
from bot.circleci.deployed_changes import fetch_changes
from bot.circleci.deployed_places import DeployPlace, ProjectDeploys, ask_few, fetch_pipelines, fetch_places
from bot.circleci.deploys_ahead import MOST, list_meant
from bot.circleci.models import Job
from bot.circleci.snapshot import WorkflowRun
from bot.command import Context
from bot.errors import CircleCIError

WITHIN_S = 2.0
"""A hold's form does not wait longer for what is only told beside it."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """A hold that waits in the pipeline of what runs at `source`, and lets it through to `target`."""

    source: DeployPlace
    target: DeployPlace
    found: FoundWorkflow
    hold: Job


async def add_deploys(context: Context, hold: Hold, *, within_s: float = WITHIN_S) -> Hold:
    """The hold with what approving it deploys where, as far as CircleCI tells of it soon. Raises nothing for them."""
    if context.links.is_server:
        return hold
    try:
        async with asyncio.timeout(within_s):
            return replace(hold, deploys="\n".join(await _list_lines(context, hold)))
    except (CircleCIError, TimeoutError):
        return hold


async def _list_lines(context: Context, hold: Hold) -> list[str]:
    """For few requests: most holds name no environment, and others than the named ones are not asked about."""
    project = await context.circleci.fetch_project(hold.project)
    after = hold.snapshot.get_run(hold.workflow).list_jobs_after(hold.job, let_through=True)
    known = await context.circleci.list_deploy_environments(project.organization_id)
    named = list_meant([one.name for one in known], hold.job, after)
    if not named:
        return []
    deploys = await fetch_places(context.circleci, project, environment=named[0] if len(named) == 1 else None)
    targets = match_places(deploys, hold.job, after)[:MOST]
    run = await fetch_pipelines(context.circleci, [one.get_pipeline_id(one.live) for one in targets if one.live])
    return [await _describe(context, replace(deploys, pipelines=run), place, hold) for place in targets]


async def _describe(context: Context, deploys: ProjectDeploys, place: DeployPlace, hold: Hold) -> str:
    runs = deploys.pipelines.get(place.get_pipeline_id(place.live)) if place.live else None
    changes = await fetch_changes(context.circleci, runs, hold.snapshot.pipeline) if runs else None
    return promotion_blocks.format_ahead(deploys, place, hold.snapshot.pipeline, changes, links=context.links)


def match_places(deploys: ProjectDeploys, hold: Job, after: Sequence[Job]) -> list[DeployPlace]:
    """Those to which the jobs behind the hold deploy; by its own name only where it holds nothing that is known."""
    known = {*deploys.environments, *(one.environment.name for one in deploys.places)}
    named = list_meant(known, hold, after)
    return [one for one in deploys.places if one.environment.name in named]


async def find_promotions(context: Context, deploys: ProjectDeploys) -> list[Promotion]:
    """What can be promoted by approving a hold now. The same workflow is read once."""
    found: list[Promotion] = []
    ran = [(place, place.get_workflow_id(place.live)) for place in deploys.shown if place.live]
    ids = list(dict.fromkeys(workflow_id for _place, workflow_id in ran if workflow_id))
    jobs_of = dict(zip(ids, await ask_few(context.circleci.list_workflow_jobs, ids), strict=True))
    for source, workflow_id in ran:
        pipeline = deploys.pipelines.get(source.get_pipeline_id(source.live)) if source.live else None
        if pipeline is None:
            continue
        jobs = list(jobs_of.get(workflow_id) or ())
        for hold in (job for job in jobs if job.is_held):
            workflow = await context.circleci.fetch_workflow(workflow_id)
            after = WorkflowRun(workflow=workflow, jobs=tuple(jobs)).list_jobs_after(hold, let_through=True)
            found += [
                Promotion(source, target, FoundWorkflow(workflow, pipeline), hold)
                for target in match_places(deploys, hold, after)
                if target.component == source.component and target is not source
            ]
    return found


async def build_held(context: Context, promotion: Promotion) -> HeldWorkflow:
    """The hold as `approve` knows it. Raises NotAllowed where the policy is against approving it."""
    found, hold = promotion.found, promotion.hold
    target = await act_targets.fetch_pipeline_target(context, found.pipeline, found.workflow, hold=hold)
    return HeldWorkflow(found, hold, target, await context.rights.check_act(target, "approve"))
