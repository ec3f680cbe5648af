"""Pipelines, workflows and jobs to draw, with the worst that CircleCI may send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.circleci.models import Job, Pipeline, Workflow
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.domain import ProjectSlug
from bot.rules.start_request import StartRequest, StartTarget

NOW = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
WEB = ProjectSlug("gh", "acme", "web")
NASTY = "Ping <!channel> & <@U0GRACE> `now` |" + "x" * 300


def make_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def make_pipeline(number: int = 341, branch: str = "main", **more: Any) -> Pipeline:
    known = {
        "id": make_id(number),
        "number": number,
        "project_slug": "gh/acme/web",
        "state": "created",
        "created_at": NOW - timedelta(minutes=10),
        "trigger": {"type": "webhook", "actor": {"login": "ada"}},
        "vcs": {"branch": branch, "revision": "0123456789abcdef", "commit": {"subject": "Ship it"}},
    }
    return Pipeline.model_validate(known | more)


def make_workflow(number: int, name: str, status: str, *, ended: bool = True, **more: Any) -> Workflow:
    known = {
        "id": make_id(1000 + number),
        "name": name,
        "status": status,
        "created_at": NOW - timedelta(minutes=9),
        "stopped_at": NOW - timedelta(minutes=6) if ended else None,
        "pipeline_id": make_id(341),
        "pipeline_number": 341,
        "project_slug": "gh/acme/web",
    }
    return Workflow.model_validate(known | more)


def make_job(number: int, name: str, status: str, **more: Any) -> Job:
    known = {
        "id": make_id(2000 + number),
        "name": name,
        "status": status,
        "job_number": number,
        "started_at": NOW - timedelta(minutes=8),
        "stopped_at": NOW - timedelta(minutes=7),
    }
    return Job.model_validate(known | more)


def make_hold(number: int, name: str, status: str = "on_hold") -> Job:
    return make_job(
        number, name, status, type="approval", job_number=None, stopped_at=None, approval_request_id=make_id(3000)
    )


def make_snapshot(*runs: tuple[Workflow, tuple[Job, ...] | None], pipeline: Pipeline | None = None) -> Snapshot:
    return Snapshot(
        pipeline=pipeline or make_pipeline(),
        workflows=tuple(WorkflowRun(workflow=workflow, jobs=jobs) for workflow, jobs in runs),
    )


def make_start(at: datetime = NOW, **more: Any) -> StartRequest:
    known = {"id": "a1", "workspace": "T1", "user": "UADA", "team": "T1", "circleci_id": "c-ada", "channel": "C1"}
    what = {"act": "trigger", "mark": "m1", "line": "trigger gh/acme/web", "target": StartTarget("gh/acme/web", "main")}
    return StartRequest(
        **{**known, **what, "thread_ts": None, "asked_at": at, "ends_at": at + timedelta(hours=2), **more}
    )
