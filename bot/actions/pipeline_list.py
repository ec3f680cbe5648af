"""A list of pipelines with the status of each, read with few requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

from bot.circleci.client import CircleCI
from bot.circleci.models import Pipeline, Workflow
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.errors import UsageError


async def fetch_snapshots(circleci: CircleCI, pipelines: Iterable[Pipeline]) -> list[Snapshot]:
    """Each pipeline with its workflows; jobs only where one waits for approval."""
    return list(await asyncio.gather(*(_fetch_snapshot(circleci, pipeline) for pipeline in pipelines)))


async def _fetch_snapshot(circleci: CircleCI, pipeline: Pipeline) -> Snapshot:
    workflows = await circleci.list_pipeline_workflows(pipeline.id)
    runs = await asyncio.gather(*(_fetch_run(circleci, workflow) for workflow in workflows))
    snapshot = Snapshot(pipeline=pipeline, workflows=tuple(runs), left_out=workflows.left_out)
    still_to_come = snapshot.status == "empty" and not snapshot.has_ended(circleci.clock.now())
    return snapshot.model_copy(update={"waiting": still_to_come})


async def _fetch_run(circleci: CircleCI, workflow: Workflow) -> WorkflowRun:
    jobs = await circleci.list_workflow_jobs(workflow.id) if workflow.status == "on_hold" else None
    return (
        WorkflowRun(workflow=workflow)
        if jobs is None
        else WorkflowRun(workflow=workflow, jobs=tuple(jobs), left_out=jobs.left_out)
    )


async def take_page(pipelines: AsyncIterator[Pipeline], page: int, size: int) -> tuple[list[Pipeline], bool]:
    """One page (counted from 1), and whether there are more; no further pages of CircleCI are asked for than needed."""
    shown: list[Pipeline] = []
    begin, end, number = (page - 1) * size, page * size, 0
    async for pipeline in pipelines:
        if number == end:
            return shown, True
        if number >= begin:
            shown.append(pipeline)
        number += 1
    return shown, False


async def skip_unreadable(pipelines: AsyncIterator[Pipeline]) -> AsyncIterator[Pipeline]:
    """Without those of projects whose slug has a form that we do not know."""
    async for pipeline in pipelines:
        if _has_known_slug(pipeline):
            yield pipeline


def _has_known_slug(pipeline: Pipeline) -> bool:
    try:
        return bool(pipeline.project)
    except UsageError:
        return False
