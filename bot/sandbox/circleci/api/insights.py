"""What CircleCI makes of past runs: workflow metrics, recent runs, branches, flaky tests. Durations are seconds."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import pairwise

from starlette.responses import Response

from bot.sandbox.circleci.api.call import SLUG, Call, Routes, any_json
from bot.sandbox.circleci.nouns import Pipeline, Workflow
from bot.sandbox.circleci.refusal import Refused
from bot.sandbox.circleci.stories import FailingTest
from bot.sandbox.circleci.wire import Json, instant, instant_or_none

WINDOWS = {
    "last-24-hours": timedelta(days=1),
    "last-7-days": timedelta(days=7),
    "last-30-days": timedelta(days=30),
    "last-60-days": timedelta(days=60),
    "last-90-days": timedelta(days=90),
}
CREDITS_A_SECOND = 10


def workflows(call: Call) -> Response:
    window = WINDOWS.get(call.query("reporting-window") or "last-90-days")
    if window is None:
        raise Refused(HTTPStatus.BAD_REQUEST, "Invalid reporting-window")
    now = call.world.engine.now()
    runs_by_name: dict[str, list[Workflow]] = defaultdict(list)
    for run in _ended_runs(call, since=now - window):
        runs_by_name[run.name].append(run)
    metrics = [_metrics(call, name, runs, now - window) for name, runs in runs_by_name.items()]
    return call.page(metrics, lambda each: each)


def _ended_runs(call: Call, since: datetime | None = None) -> Iterable[Workflow]:
    """Of the branch asked for, of all branches, or of the default branch; newest first."""
    branch = None if call.query("all-branches") == "true" else call.query("branch") or "main"
    for pipeline in call.world.archive.pipelines(call.project(), branch):
        for run in reversed(pipeline.workflows):
            if run.has_ended and (since is None or run.created_at >= since):
                yield run


def _metrics(call: Call, name: str, runs: list[Workflow], window_start: datetime) -> Json:
    now = call.world.engine.now()
    seconds = sorted(_seconds(run) for run in runs)
    succeeded = sum(run.status == "success" for run in runs)
    return {
        "name": name,
        "project_id": call.project().id,
        "window_start": instant(max(window_start, runs[-1].created_at)),
        "window_end": instant(now),
        "metrics": {
            "total_runs": len(runs),
            "successful_runs": succeeded,
            "failed_runs": sum(run.status == "failed" for run in runs),
            "success_rate": succeeded / len(runs),
            "throughput": len(runs) / max((now - window_start).days, 1),
            "mttr": None,
            "total_recoveries": _recoveries(runs),
            "total_credits_used": sum(seconds) * CREDITS_A_SECOND,
            "duration_metrics": _durations(seconds),
        },
    }


def _seconds(run: Workflow) -> int:
    return round((run.stopped_at - run.created_at).total_seconds()) if run.stopped_at else 0


def _recoveries(runs: list[Workflow]) -> int:
    oldest_first = [run.status for run in reversed(runs)]
    return sum(pair == ("failed", "success") for pair in pairwise(oldest_first))


def _durations(seconds: list[int]) -> Json:
    return {
        "min": seconds[0],
        "mean": round(statistics.mean(seconds)),
        "median": round(statistics.median(seconds)),
        "p95": seconds[(len(seconds) * 95 - 1) // 100],
        "max": seconds[-1],
        "standard_deviation": statistics.pstdev(seconds),
    }


def runs(call: Call) -> Response:
    name = call.path("workflow")
    return call.page([run for run in _ended_runs(call) if run.name == name], _run)


def _run(run: Workflow) -> Json:
    return {
        "id": run.id,
        "branch": run.pipeline.branch or "",
        "duration": _seconds(run),
        "created_at": instant(run.created_at),
        "stopped_at": instant_or_none(run.stopped_at),
        "credits_used": _seconds(run) * CREDITS_A_SECOND,
        "status": run.status,
        "is_approval": any(job.is_hold for job in run.jobs),
    }


def branches(call: Call) -> Response:
    project = call.project()
    seen = {pipeline.branch for pipeline in call.world.archive.pipelines(project) if pipeline.branch}
    return any_json({"org_id": project.org.id, "project_id": project.id, "branches": sorted(seen)})


def flaky_tests(call: Call) -> Response:
    """Tests that failed and passed on the same commit. Snake case on the wire, whatever the document says."""
    found: dict[str, Json] = {}
    for pipeline in call.world.archive.pipelines(call.project()):
        for test, shown in _flaked(pipeline):
            times = found[test.name]["times_flaked"] + 1 if test.name in found else 1
            found[test.name] = {**(found.get(test.name) or shown), "times_flaked": times}
    return any_json({"flaky_tests": list(found.values()), "total_flaky_tests": len(found)})


def _flaked(pipeline: Pipeline) -> Iterable[tuple[FailingTest, Json]]:
    jobs = [(run, job) for run in pipeline.workflows for job in run.jobs if not job.is_reused]
    passed = {(run.name, job.name) for run, job in jobs if job.status == "success"}
    for run, job in jobs:
        if job.status == "failed" and (run.name, job.name) in passed:
            for test in job.plan.failing_tests:
                yield test, _flaky_test(test, run, job.name, job.number)


def _flaky_test(test: FailingTest, run: Workflow, job_name: str, job_number: int | None) -> Json:
    return {
        "test_name": test.name,
        "classname": test.classname,
        "file": test.file,
        "source": "pytest",
        "job_name": job_name,
        "job_number": job_number,
        "pipeline_number": run.pipeline.number,
        "workflow_id": run.id,
        "workflow_name": run.name,
        "workflow_created_at": instant(run.created_at),
        "time_wasted": _seconds(run),
    }


ROUTES: Routes = (
    ("GET", f"/insights/{SLUG}/workflows", workflows),
    ("GET", f"/insights/{SLUG}/workflows/{{workflow}}", runs),
    ("GET", f"/insights/{SLUG}/branches", branches),
    ("GET", f"/insights/{SLUG}/flaky-tests", flaky_tests),
)
