"""What CircleCI makes of past runs: metrics of workflows and jobs, recent runs, branches. Durations are seconds."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from starlette.responses import Response

from sandbox.circleci import insight_metrics
from sandbox.circleci.api.api_call import SLUG, Call, Routes, any_json
from sandbox.circleci.api_json import Json, instant
from sandbox.circleci.api_rules import Rule
from sandbox.circleci.fake_projects import Project
from sandbox.circleci.run_records import CREDITS_A_SECOND, TOLD_DAYS, JobRecord, Record, lived, told

WINDOWS = {
    "last-24-hours": timedelta(days=1),
    "last-7-days": timedelta(days=7),
    "last-30-days": timedelta(days=30),
    "last-60-days": timedelta(days=60),
    "last-90-days": timedelta(days=90),
}
"""CircleCI keeps no more than 90 days."""


def window_of(call: Call) -> timedelta:
    window = WINDOWS.get(call.query("reporting-window") or "last-90-days")
    if window is None:
        raise Rule.WINDOW.refusal()
    return window


def records(call: Call, project: Project, branch: str | None) -> list[Record]:
    """Every run of the last 90 days that has ended, of one branch or (None) of all; newest first."""
    since = call.world.engine.now() - timedelta(days=TOLD_DAYS)
    pipelines = call.world.archive.pipelines(project, branch)
    real = lived(run for pipeline in pipelines for run in reversed(pipeline.workflows))
    before = (one for one in told(project, call.world.started_at) if branch is None or one.branch == branch)
    found = [one for one in (*real, *before) if one.created_at >= since]
    return sorted(found, key=lambda one: one.created_at, reverse=True)


def branch_of(call: Call) -> str | None:
    """The branch asked for, else the default one; None for all."""
    if call.query("all-branches") == "true":
        return None
    return call.query("branch") or call.project().default_branch


def _asked_for(call: Call) -> list[Record]:
    return records(call, call.project(), branch_of(call))


def workflows(call: Call) -> Response:
    since = call.world.engine.now() - window_of(call)
    by_name: dict[str, list[Record]] = defaultdict(list)
    for run in _asked_for(call):
        if run.created_at >= since:
            by_name[run.workflow].append(run)
    return call.page(list(by_name.items()), lambda named: _workflow(call, *named))


def _workflow(call: Call, name: str, runs: list[Record]) -> Json:
    mttr, recoveries = insight_metrics.recovery(runs)
    metrics = insight_metrics.counts(runs, window_of(call).days)
    credits_used = sum(run.credits for run in runs)
    return {
        "name": name,
        "project_id": call.project().id,
        "window_start": instant(runs[-1].created_at),
        "window_end": instant(runs[0].created_at),
        "metrics": {**metrics, "mttr": mttr, "total_recoveries": recoveries, "total_credits_used": credits_used},
    }


def runs(call: Call) -> Response:
    start_at, end_at = _between(call)
    name = call.path("workflow")
    found = [run for run in _asked_for(call) if run.workflow == name]
    return call.page([run for run in found if start_at <= run.created_at < end_at], _run)


def _between(call: Call) -> tuple[datetime, datetime]:
    """`end-date` needs a `start-date`, at most 90 days before it."""
    now = call.world.engine.now()
    start, end = _date(call, "start-date"), _date(call, "end-date")
    if end and not start:
        raise Rule.END_DATE.refusal()
    start_at = start or now - timedelta(days=TOLD_DAYS)
    end_at = end or now + timedelta(seconds=1)
    if end and end_at - start_at > timedelta(days=TOLD_DAYS):
        raise Rule.LONG_AGO.refusal()
    return start_at, end_at


def _date(call: Call, name: str) -> datetime | None:
    text = call.query(name)
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        found = None
    if text and (found is None or found.tzinfo is None):
        raise Rule.DATE.refusal(name=name)
    return found


def _run(run: Record) -> Json:
    return {
        "id": run.id,
        "branch": run.branch,
        "duration": run.duration_s,
        "created_at": instant(run.created_at),
        "stopped_at": instant(run.stopped_at),
        "credits_used": run.credits,
        "status": run.status,
        "is_approval": run.is_approval,
    }


def jobs(call: Call) -> Response:
    """`job-name` may be a part of the name."""
    since = call.world.engine.now() - window_of(call)
    wanted = call.query("job-name") or ""
    by_name: dict[str, list[tuple[Record, JobRecord]]] = defaultdict(list)
    for run in _asked_for(call):
        for job in run.jobs if run.workflow == call.path("workflow") and run.created_at >= since else ():
            if wanted in job.name:
                by_name[job.name].append((run, job))
    return call.page(list(by_name.items()), lambda named: _job(call, *named))


def _job(call: Call, name: str, ran: list[tuple[Record, JobRecord]]) -> Json:
    metrics = insight_metrics.counts([job for _run, job in ran], window_of(call).days)
    credits_used = sum(job.duration_s for _run, job in ran) * CREDITS_A_SECOND
    return {
        "name": name,
        "window_start": instant(ran[-1][0].created_at),
        "window_end": instant(ran[0][0].created_at),
        "metrics": {**metrics, "total_credits_used": credits_used},
    }


def branches(call: Call) -> Response:
    project = call.project()
    name = call.query("workflow-name")
    seen = {run.branch for run in records(call, project, None) if run.branch and name in {None, run.workflow}}
    return any_json({"org_id": project.org.id, "project_id": project.id, "branches": sorted(seen)})


ROUTES: Routes = (
    ("GET", f"/insights/{SLUG}/workflows", workflows),
    ("GET", f"/insights/{SLUG}/workflows/{{workflow}}", runs),
    ("GET", f"/insights/{SLUG}/workflows/{{workflow}}/jobs", jobs),
    ("GET", f"/insights/{SLUG}/branches", branches),
)
