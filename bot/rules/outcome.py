"""The outcomes of a pipeline, read off its snapshot. Pure: the same snapshot always gives the same outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot.circleci.models import Job
from bot.circleci.pipeline_releases import PipelineRelease
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.domain import Deploy, Outcome, OutcomeClass, OutcomeKind, ProjectSlug
from bot.rules import hold_resolution
from bot.rules.trigger_types import canonicalise_trigger

_KIND_OF = {
    "success": OutcomeKind.PASSED,
    "failed": OutcomeKind.FAILED,
    "error": OutcomeKind.ERRORED_CONFIG,
    "canceled": OutcomeKind.CANCELED,
    "unauthorized": OutcomeKind.UNAUTHORIZED,
    "not_run": OutcomeKind.NOT_RUN,
}

_KIND_WITHOUT_WORKFLOW = {"errored": OutcomeKind.ERRORED_CONFIG, "empty": OutcomeKind.EMPTY}

_USUAL_DEFAULTS = frozenset({"main", "master"})
"""Taken for the default branch where CircleCI does not say which it is."""

_RERUN_GRACE = timedelta(seconds=60)
"""How long an automatic rerun may take to show up; then the failure counts after all."""


def build_outcomes(
    snapshot: Snapshot,
    project: ProjectSlug,
    now: datetime,
    *,
    default_branch: str | None = None,
    decided: bool = False,
) -> list[Outcome]:
    """Every outcome that this snapshot shows, oldest first. Keys make a second reading of the same a no-op.

    With `decided` also holds that no longer wait: an earlier reading would have seen them wait.

    That a workflow started is one while it still runs. A setup workflow that passed is none: the pipeline goes on. A
    failure that CircleCI reruns automatically is none until _RERUN_GRACE is over.
    """
    blank = _build_blank(snapshot, project, now, default_branch=default_branch)
    found = [
        outcome
        for run in snapshot.workflows
        for outcome in _build_run_outcomes(run, snapshot, blank, now=now, decided=decided)
    ]
    found += _build_pipeline_outcome(snapshot, blank, now)
    found += _build_deploy_outcomes(snapshot, blank, now)
    return sorted(found, key=lambda outcome: outcome.happened_at)


def _build_blank(snapshot: Snapshot, project: ProjectSlug, now: datetime, *, default_branch: str | None) -> Outcome:
    """What all outcomes of a pipeline have in common."""
    pipeline = snapshot.pipeline
    defaults = {default_branch} if default_branch else _USUAL_DEFAULTS
    return Outcome(
        key="",
        kind=OutcomeKind.EMPTY,
        status=pipeline.state,
        project=project,
        pipeline_id=pipeline.id,
        pipeline_number=pipeline.number,
        workflow="",
        workflow_id=None,
        branch=pipeline.branch,
        tag=pipeline.tag,
        happened_at=pipeline.updated_at or pipeline.created_at or now,
        actor=pipeline.actor_login,
        trigger=canonicalise_trigger(pipeline.trigger_type),
        on_default=pipeline.branch in defaults,
    )


def _build_run_outcomes(
    run: WorkflowRun, snapshot: Snapshot, blank: Outcome, *, now: datetime, decided: bool
) -> Iterator[Outcome]:
    workflow = run.workflow
    of_run = replace(blank, status=workflow.status, workflow=workflow.name, workflow_id=workflow.id)
    kind = _KIND_OF.get(workflow.status)
    if (
        kind
        and not (workflow.is_setup and kind == OutcomeKind.PASSED)
        and not _is_rerun_automatically(run, snapshot, now)
    ):
        happened_at = workflow.stopped_at or workflow.created_at or now
        ended = replace(of_run, key=f"{workflow.id}:{workflow.status}", kind=kind, happened_at=happened_at)
        yield replace(
            ended, busy_s=run.busy_s, failing=_list_failing_jobs(run) if kind == OutcomeKind.FAILED else frozenset()
        )
    if workflow.created_at and not (workflow.has_ended or workflow.is_setup):
        yield replace(of_run, key=f"{workflow.id}:started", kind=OutcomeKind.STARTED, happened_at=workflow.created_at)
    for job in _list_holds_so_far(run) if decided else run.held_jobs:
        key = hold_resolution.build_hold_key(workflow, job)
        yield replace(of_run, key=key, kind=OutcomeKind.ON_HOLD, happened_at=job.started_at or now)


def _list_holds_so_far(run: WorkflowRun) -> Iterator[Job]:
    """Holds that wait, and those that have waited."""
    for job in run.jobs or ():
        if job.is_approval and job.started_at and job.status not in {"blocked", "not_run"}:
            yield job


def _list_failing_jobs(run: WorkflowRun) -> frozenset[str]:
    return frozenset(job.name for job in run.failed_jobs)


def _is_rerun_automatically(run: WorkflowRun, snapshot: Snapshot, now: datetime) -> bool:
    """It failed, and CircleCI has rerun it automatically, or still may."""
    workflow = run.workflow
    if not workflow.can_rerun_itself:
        return False
    superseded = all(newest.workflow.id != workflow.id for newest in snapshot.get_newest_runs())
    return superseded or (workflow.stopped_at is not None and now - workflow.stopped_at < _RERUN_GRACE)


def _build_pipeline_outcome(snapshot: Snapshot, blank: Outcome, now: datetime) -> Iterator[Outcome]:
    """A pipeline that ended, and no workflow of it tells: its config was refused, or nothing had to run.

    The same with dynamic config, of what the setup workflow made; that may be run again, and then it is another end.
    """
    kind = _KIND_WITHOUT_WORKFLOW.get(snapshot.status)
    if kind and snapshot.has_ended(now):
        key = ":".join(filter(None, [blank.pipeline_id, snapshot.status, snapshot.setup_id]))
        yield replace(blank, key=key, kind=kind, happened_at=snapshot.moved_at or now)


def _build_deploy_outcomes(snapshot: Snapshot, blank: Outcome, now: datetime) -> Iterator[Outcome]:
    """One of each release that succeeded or failed. One that was canceled is told by its workflow, if at all."""
    named = {run.workflow.id: run.workflow.name for run in snapshot.workflows}
    for release in snapshot.releases:
        kind = _find_deploy_kind(release)
        if kind is None:
            continue
        yield replace(
            blank,
            key=f"{release.id}:{release.state}",
            kind=kind,
            status=release.state,
            workflow=named.get(release.workflow_id, ""),
            workflow_id=release.workflow_id if release.workflow_id in named else None,
            happened_at=release.ended_at or release.created_at or now,
            classes=frozenset(_list_deploy_classes(release, kind)),
            deploy=_build_deploy(release),
        )


def _find_deploy_kind(release: PipelineRelease) -> OutcomeKind | None:
    """None while it moves, and of a word that nobody knows."""
    if release.state == "success":
        return OutcomeKind.ROLLED_BACK if release.brings_back else OutcomeKind.DEPLOYED
    return OutcomeKind.DEPLOY_FAILED if release.state == "failed" else None


def _list_deploy_classes(release: PipelineRelease, kind: OutcomeKind) -> Iterator[str]:
    if kind == OutcomeKind.DEPLOYED and release.promoted_from:
        yield OutcomeClass.PROMOTED
    if kind == OutcomeKind.DEPLOY_FAILED and release.was_validated:
        yield OutcomeClass.VALIDATION_FAILED


def _build_deploy(release: PipelineRelease) -> Deploy:
    return Deploy(
        component=release.component,
        environment=release.environment,
        version=release.version,
        namespace=release.namespace,
        replaced=release.replaced,
        promoted_from=release.promoted_from,
        reason=release.reason,
        is_rollback=release.is_rollback,
    )
