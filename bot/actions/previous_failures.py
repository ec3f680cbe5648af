"""What failed in the run before: from our store where it knows all runs of the project, else from CircleCI."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.circleci.client import CircleCI
from bot.circleci.models import Pipeline, Workflow
from bot.circleci.previous_runs import PreviousRun, fetch_failures, list_previous_runs
from bot.domain import Outcome, OutcomeKind, ProjectSlug
from bot.errors import CircleCIError
from bot.store.store import Store

_CONCLUSIVE = frozenset({"success", "failed"})
"""Ends of a run that say how its tests stood."""


async def find_previous_failures(
    circleci: CircleCI, store: Store, pipeline: Pipeline, *, workflow: Workflow
) -> PreviousRun | None:
    """What failed in the run before this one, on its branch. None when that cannot be found out.

    Costs nothing where a rule covers the project; else up to one page of pipelines and eight requests.
    """
    try:
        previous = await _find_previous_outcome(store, _build_outcome(pipeline, workflow))
        if previous:
            return await _find_by_outcome(circleci, store, previous)
        return await _find_at_circleci(circleci, store, pipeline, workflow=workflow)
    except CircleCIError:
        return None


def _build_outcome(pipeline: Pipeline, workflow: Workflow) -> Outcome:
    """The run as an outcome, as far as its place among others goes."""
    return Outcome(
        key="",
        kind=OutcomeKind.EMPTY,
        status=workflow.status,
        project=pipeline.project,
        pipeline_id=pipeline.id,
        pipeline_number=pipeline.number,
        workflow=workflow.name,
        workflow_id=workflow.id,
        branch=pipeline.branch,
        tag=pipeline.tag,
        happened_at=workflow.stopped_at or workflow.created_at or datetime.max.replace(tzinfo=UTC),
    )


async def _find_previous_outcome(store: Store, outcome: Outcome) -> Outcome | None:
    """The previous outcome, where a rule covers the project: without one there may be runs that we never read."""
    async with store.begin_read() as tx:
        if not await tx.coverage.has_rules_for(outcome.project):
            return None
        return await tx.outcomes.find_previous(outcome)


async def _find_by_outcome(circleci: CircleCI, store: Store, previous: Outcome) -> PreviousRun | None:
    if previous.kind == OutcomeKind.PASSED:
        return PreviousRun(previous.pipeline_number, passed=True)
    if previous.kind != OutcomeKind.FAILED or previous.workflow_id is None:
        return None
    return await _load_failures(
        circleci, store, previous.project, workflow_id=previous.workflow_id, pipeline_number=previous.pipeline_number
    )


async def _load_failures(
    circleci: CircleCI, store: Store, project: ProjectSlug, *, workflow_id: str, pipeline_number: int
) -> PreviousRun:
    """What failed in a failed run: as we kept it, else asked now. Raises CircleCIError."""
    async with store.begin_read() as tx:
        kept = await tx.failed_tests.find(workflow_id)
    if kept is None:
        jobs = await circleci.list_workflow_jobs(workflow_id)
        kept = await fetch_failures(circleci, project, jobs or ())
    return PreviousRun(pipeline_number, passed=False, failures=kept)


async def _find_at_circleci(
    circleci: CircleCI, store: Store, pipeline: Pipeline, *, workflow: Workflow
) -> PreviousRun | None:
    async for older, run in list_previous_runs(circleci, pipeline, workflow):
        if run and run.status in _CONCLUSIVE:
            if run.status == "success":
                return PreviousRun(older.number, passed=True)
            return await _load_failures(
                circleci, store, pipeline.project, workflow_id=run.id, pipeline_number=older.number
            )
    return None
