"""What CircleCI makes of past runs: metrics of workflows and jobs, recent runs, branches. Durations are seconds."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from starlette.responses import Response

from sandbox.circleci import insight_metrics
from sandbox.circleci.api.circleci_call import SLUG, CircleciCall, Routes, build_json_response
from sandbox.circleci.api_json import Json, format_instant
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.fake_projects import FakeProject
from sandbox.circleci.run_records import (
    CREDITS_A_SECOND,
    RECORDED_DAYS,
    JobRecord,
    RunRecord,
    invent_records,
    record_ended_runs,
)

WINDOWS = {
    "last-24-hours": timedelta(days=1),
    "last-7-days": timedelta(days=7),
    "last-30-days": timedelta(days=30),
    "last-60-days": timedelta(days=60),
    "last-90-days": timedelta(days=90),
}
"""CircleCI keeps no more than 90 days."""


def parse_window(call: CircleciCall) -> timedelta:
    window = WINDOWS.get(call.get_query_param("reporting-window") or "last-90-days")
    if window is None:
        raise ApiRule.WINDOW.to_error()
    return window


def list_records(call: CircleciCall, project: FakeProject, branch: str | None) -> list[RunRecord]:
    """Every run of the last 90 days that has ended, of one branch or (None) of all; newest first."""
    since = call.world.engine.now() - timedelta(days=RECORDED_DAYS)
    pipelines = call.world.archive.list_pipelines(project, branch)
    real = record_ended_runs(run for pipeline in pipelines for run in reversed(pipeline.workflows))
    before = (one for one in invent_records(project, call.world.started_at) if branch is None or one.branch == branch)
    runs = [one for one in (*real, *before) if one.created_at >= since]
    return sorted(runs, key=lambda one: one.created_at, reverse=True)


def find_branch(call: CircleciCall) -> str | None:
    """The branch asked for, else the default one; None for all."""
    if call.get_query_param("all-branches") == "true":
        return None
    return call.get_query_param("branch") or call.get_project().default_branch


def _list_requested_records(call: CircleciCall) -> list[RunRecord]:
    return list_records(call, call.get_project(), find_branch(call))


def get_workflow_metrics(call: CircleciCall) -> Response:
    since = call.world.engine.now() - parse_window(call)
    by_name: dict[str, list[RunRecord]] = defaultdict(list)
    for run in _list_requested_records(call):
        if run.created_at >= since:
            by_name[run.workflow].append(run)
    return call.paginate(list(by_name.items()), lambda named: _workflow(call, *named))


def _workflow(call: CircleciCall, name: str, runs: list[RunRecord]) -> Json:
    mttr, recoveries = insight_metrics.compute_recovery(runs)
    metrics = insight_metrics.count_runs(runs, parse_window(call).days)
    credits_used = sum(run.credits for run in runs)
    return {
        "name": name,
        "project_id": call.get_project().id,
        "window_start": format_instant(runs[-1].created_at),
        "window_end": format_instant(runs[0].created_at),
        "metrics": {**metrics, "mttr": mttr, "total_recoveries": recoveries, "total_credits_used": credits_used},
    }


def list_runs(call: CircleciCall) -> Response:
    start_at, end_at = _parse_period(call)
    name = call.get_path_param("workflow")
    runs = [run for run in _list_requested_records(call) if run.workflow == name]
    return call.paginate([run for run in runs if start_at <= run.created_at < end_at], _run)


def _parse_period(call: CircleciCall) -> tuple[datetime, datetime]:
    """`end-date` needs a `start-date`, at most 90 days before it."""
    now = call.world.engine.now()
    start, end = _date(call, "start-date"), _date(call, "end-date")
    if end and not start:
        raise ApiRule.END_DATE.to_error()
    start_at = start or now - timedelta(days=RECORDED_DAYS)
    end_at = end or now + timedelta(seconds=1)
    if end and end_at - start_at > timedelta(days=RECORDED_DAYS):
        raise ApiRule.LONG_AGO.to_error()
    return start_at, end_at


def _date(call: CircleciCall, name: str) -> datetime | None:
    text = call.get_query_param(name)
    try:
        instant = datetime.fromisoformat(text) if text else None
    except ValueError:
        instant = None
    if text and (instant is None or instant.tzinfo is None):
        raise ApiRule.DATE.to_error(name=name)
    return instant


def _run(run: RunRecord) -> Json:
    return {
        "id": run.id,
        "branch": run.branch,
        "duration": run.duration_s,
        "created_at": format_instant(run.created_at),
        "stopped_at": format_instant(run.stopped_at),
        "credits_used": run.credits,
        "status": run.status,
        "is_approval": run.is_approval,
    }


def get_job_metrics(call: CircleciCall) -> Response:
    """`job-name` may be a part of the name."""
    since = call.world.engine.now() - parse_window(call)
    wanted = call.get_query_param("job-name") or ""
    by_name: dict[str, list[tuple[RunRecord, JobRecord]]] = defaultdict(list)
    for run in _list_requested_records(call):
        for job in run.jobs if run.workflow == call.get_path_param("workflow") and run.created_at >= since else ():
            if wanted in job.name:
                by_name[job.name].append((run, job))
    return call.paginate(list(by_name.items()), lambda named: _job(call, *named))


def _job(call: CircleciCall, name: str, ran: list[tuple[RunRecord, JobRecord]]) -> Json:
    metrics = insight_metrics.count_runs([job for _run, job in ran], parse_window(call).days)
    credits_used = sum(job.duration_s for _run, job in ran) * CREDITS_A_SECOND
    return {
        "name": name,
        "window_start": format_instant(ran[-1][0].created_at),
        "window_end": format_instant(ran[0][0].created_at),
        "metrics": {**metrics, "total_credits_used": credits_used},
    }


def list_branches(call: CircleciCall) -> Response:
    project = call.get_project()
    name = call.get_query_param("workflow-name")
    seen = {run.branch for run in list_records(call, project, None) if run.branch and name in {None, run.workflow}}
    return build_json_response({"org_id": project.org.id, "project_id": project.id, "branches": sorted(seen)})


ROUTES: Routes = (
    ("GET", f"/insights/{SLUG}/workflows", get_workflow_metrics),
    ("GET", f"/insights/{SLUG}/workflows/{{workflow}}", list_runs),
    ("GET", f"/insights/{SLUG}/workflows/{{workflow}}/jobs", get_job_metrics),
    ("GET", f"/insights/{SLUG}/branches", list_branches),
)
