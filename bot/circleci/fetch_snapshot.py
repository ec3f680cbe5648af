"""A pipeline read with few requests: what can no longer change is not read again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.circleci.client import CircleCI
from bot.circleci.models import Pipeline, Workflow
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.errors import HIDDEN, UsageError

_KEPT = ("verdicts", "failures", "parameters", "releases", "ahead")
"""What others found out."""


async def fetch_snapshot(
    circleci: CircleCI, pipeline_id: str, before: Snapshot | None = None, *, closely: bool = True
) -> Snapshot:
    """The pipeline as it is now. Raises CircleCIError.

    Spends few requests: what has not changed since `before` is not read again, nor are the jobs of superseded
    workflows. Read `closely` or not, what ended or is on hold is seen at once; only the jobs of what still runs may
    stand as they stood before, where nobody is shown them.
    """
    pipeline, workflows = await asyncio.gather(
        _fetch_pipeline(circleci, pipeline_id, before), circleci.list_pipeline_workflows(pipeline_id)
    )
    runs, name = await asyncio.gather(
        _fetch_runs(circleci, pipeline, workflows, before=before, closely=closely),
        _fetch_project_name(circleci, pipeline, before),
    )
    snapshot = Snapshot(pipeline=pipeline, workflows=runs, project_name=name, left_out=workflows.left_out)
    still_to_come = snapshot.status == "empty" and not snapshot.has_ended(circleci.clock.now())
    names = await _fetch_names(circleci, snapshot.actor_ids, before)
    kept = {name: getattr(before, name) for name in _KEPT} if before else {}
    return snapshot.model_copy(update={"waiting": still_to_come, "names": names, **kept})


async def _fetch_names(circleci: CircleCI, people: Sequence[str], before: Snapshot | None) -> dict[str, str]:
    """Those known before are not asked for again, those that cannot be had are missing."""
    known = before.names if before else {}
    return {**known, **await circleci.fetch_user_names(each for each in people if each not in known)}


async def _fetch_pipeline(circleci: CircleCI, pipeline_id: str, before: Snapshot | None) -> Pipeline:
    return before.pipeline if before and before.has_begun else await circleci.fetch_pipeline(pipeline_id)


async def _fetch_runs(
    circleci: CircleCI,
    pipeline: Pipeline,
    workflows: Sequence[Workflow],
    *,
    before: Snapshot | None,
    closely: bool,
) -> tuple[WorkflowRun, ...]:
    known = {run.workflow.id: run for run in before.workflows} if before else {}
    bare = Snapshot(pipeline=pipeline, workflows=tuple(WorkflowRun(workflow=workflow) for workflow in workflows))
    shown = {run.workflow.id for run in bare.get_newest_runs()}
    found = (
        _fetch_run(circleci, workflow, known.get(workflow.id), wanted=workflow.id in shown, closely=closely)
        for workflow in workflows
    )
    return tuple(await asyncio.gather(*found))


async def _fetch_run(
    circleci: CircleCI, workflow: Workflow, before: WorkflowRun | None, *, wanted: bool, closely: bool
) -> WorkflowRun:
    known = before is not None and before.jobs is not None
    if not wanted or (known and before and _is_unchanged(workflow, before, closely=closely)):
        kept = before or WorkflowRun(workflow=workflow)
        return WorkflowRun(workflow=workflow, jobs=kept.jobs, left_out=kept.left_out)
    jobs = await circleci.list_workflow_jobs(workflow.id)
    return (
        WorkflowRun(workflow=workflow)
        if jobs is None
        else WorkflowRun(workflow=workflow, jobs=tuple(jobs), left_out=jobs.left_out)
    )


def _is_unchanged(now: Workflow, before: WorkflowRun, *, closely: bool) -> bool:
    """It had ended so before; or it still runs, without a hold to come, and its jobs are shown to nobody."""
    if (now.status, now.stopped_at) != (before.workflow.status, before.workflow.stopped_at):
        return False
    return now.has_ended or (not closely and now.status == "running" and not before.has_pending_approvals)


async def _fetch_project_name(circleci: CircleCI, pipeline: Pipeline, before: Snapshot | None) -> str | None:
    if not pipeline.project_slug.startswith("circleci/"):
        return None
    if before and before.project_name:
        return before.project_name
    try:
        return (await circleci.fetch_project(pipeline.project)).full_name
    except (*HIDDEN, UsageError):
        return None
