"""What happened, read off a pipeline as it stands: pure, and the same whoever looks and however often."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.circleci.snapshot import Run, Snapshot
from bot.domain import Outcome, ProjectSlug

_KIND_OF = {
    "success": "passed",
    "failed": "failed",
    "error": "errored",
    "canceled": "canceled",
    "unauthorized": "unauthorized",
    "not_run": "not-run",
}

_RERUN_GRACE = timedelta(seconds=60)
"""How long an automatic rerun may take to show up before its failure is told after all."""


def outcomes(snapshot: Snapshot, project: ProjectSlug, now: datetime) -> list[Outcome]:
    """Every outcome that this snapshot shows, oldest first. Keys make a second reading of the same a no-op.

    A setup workflow that passed is none: the pipeline goes on. A failure that CircleCI reruns by itself is none until
    the grace is over (facts: "Behaviour that surprises", 3 and 4).
    """
    found = [outcome for run in snapshot.workflows for outcome in _of_run(run, snapshot, project, now)]
    if not found and snapshot.ended(now):
        found = list(_without_workflow(snapshot, project, now))
    return sorted(found, key=lambda outcome: outcome.happened_at)


def _of_run(run: Run, snapshot: Snapshot, project: ProjectSlug, now: datetime) -> Iterator[Outcome]:
    workflow = run.workflow
    kind = _KIND_OF.get(workflow.status)
    if kind and not (workflow.is_setup and kind == "passed") and not _reruns_itself(run, snapshot, now):
        happened_at = workflow.stopped_at or workflow.created_at or now
        yield _outcome(f"{workflow.id}:{workflow.status}", kind, snapshot, project, run, happened_at)
    for job in run.held_jobs:
        yield _outcome(f"{workflow.id}:hold:{job.id}", "on-hold", snapshot, project, run, job.started_at or now)


def _reruns_itself(run: Run, snapshot: Snapshot, now: datetime) -> bool:
    """It failed, and CircleCI has rerun it by itself already, or still may."""
    workflow = run.workflow
    if not workflow.may_rerun_itself:
        return False
    superseded = all(newest.workflow.id != workflow.id for newest in snapshot.newest())
    return superseded or (workflow.stopped_at is not None and now - workflow.stopped_at < _RERUN_GRACE)


def _outcome(key: str, kind: str, snapshot: Snapshot, project: ProjectSlug, run: Run, happened_at: datetime) -> Outcome:
    pipeline = snapshot.pipeline
    return Outcome(
        key=key,
        kind=kind,
        status=run.workflow.status,
        project=project,
        pipeline_id=pipeline.id,
        pipeline_number=pipeline.number,
        workflow=run.workflow.name,
        workflow_id=run.workflow.id,
        branch=pipeline.branch,
        tag=pipeline.tag,
        happened_at=happened_at,
    )


def _without_workflow(snapshot: Snapshot, project: ProjectSlug, now: datetime) -> Iterator[Outcome]:
    """A pipeline that ended before any workflow: its config is wrong, or nothing had to run."""
    pipeline = snapshot.pipeline
    if snapshot.workflows:
        return
    kind = "errored" if pipeline.state == "errored" else "empty"
    yield Outcome(
        key=f"{pipeline.id}:{kind}",
        kind=kind,
        status=pipeline.state,
        project=project,
        pipeline_id=pipeline.id,
        pipeline_number=pipeline.number,
        workflow="",
        workflow_id=None,
        branch=pipeline.branch,
        tag=pipeline.tag,
        happened_at=pipeline.updated_at or pipeline.created_at or now,
    )
