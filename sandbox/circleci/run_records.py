"""Past runs as insights count them: those that the engine ran, and before them invented ones.

The invented ones are made at the first request, and are the same after every start.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sandbox.circleci.entities import FakeWorkflow
from sandbox.circleci.fake_projects import FakeProject
from sandbox.circleci.plans import WorkflowPlan
from sandbox.circleci.stories import get_story

CREDITS_A_SECOND = 10
RECORDED_DAYS = 90
_LIVED_DAYS = 7
"""Of these the world has real pipelines (past_pipelines.py)."""

_BRANCHES = {
    "gh/acme/web": (("main", 8), ("feature/login", 2), ("feature/search", 3), ("renovate/all", 1)),
    "gh/acme/api": (("main", 3), ("feature/rate-limits", 1)),
}
"""Pushes on a working day, by branch; the other projects keep to what was lived through."""


@dataclass(frozen=True)
class JobRecord:
    name: str
    status: str
    duration_s: int


@dataclass(frozen=True)
class RunRecord:
    """A run of a workflow that has ended."""

    id: str
    workflow: str
    branch: str
    status: str
    created_at: datetime
    stopped_at: datetime
    is_approval: bool
    jobs: tuple[JobRecord, ...]

    @property
    def duration_s(self) -> int:
        return round((self.stopped_at - self.created_at).total_seconds())

    @property
    def credits(self) -> int:
        return self.duration_s * CREDITS_A_SECOND


def record_ended_runs(runs: Iterable[FakeWorkflow]) -> Iterator[RunRecord]:
    """Those of these runs that have ended."""
    for run in runs:
        if run.has_ended and run.stopped_at:
            yield RunRecord(
                id=run.id,
                workflow=run.name,
                branch=run.pipeline.branch or "",
                status=run.status,
                created_at=run.created_at,
                stopped_at=run.stopped_at,
                is_approval=any(job.is_hold for job in run.jobs),
                jobs=tuple(
                    JobRecord(job.name, job.status, round((job.stopped_at - job.started_at).total_seconds()))
                    for job in run.jobs
                    if job.started_at and job.stopped_at and not job.is_hold and not job.is_reused
                ),
            )


def invent_records(project: FakeProject, started_at: datetime) -> tuple[RunRecord, ...]:
    """Invented runs from before `started_at`, when the world began; newest first."""
    return _invent_records(project.slug, started_at)


@lru_cache(maxsize=8)
def _invent_records(slug: str, started_at: datetime) -> tuple[RunRecord, ...]:
    rng = random.Random(slug)  # noqa: S311 -- numbers for charts, the same every time
    midnight = started_at.replace(hour=0, minute=0, second=0, microsecond=0)
    records = [
        record
        for days_ago in range(_LIVED_DAYS, RECORDED_DAYS)
        for branch, pushes in _BRANCHES.get(slug, ())
        for record in _day(rng, midnight - timedelta(days=days_ago), days_ago, branch, pushes)
    ]
    return tuple(sorted(records, key=lambda record: record.created_at, reverse=True))


def _day(rng: random.Random, midnight: datetime, days_ago: int, branch: str, pushes: int) -> Iterator[RunRecord]:
    """Little happens on weekends; and there was one bad week, slow and red."""
    is_bad = 40 <= days_ago < 47
    most = pushes if midnight.weekday() < 5 else pushes // 4
    for _ in range(rng.randint(most // 2, most)):
        at = midnight + timedelta(seconds=rng.randint(7 * 3600, 19 * 3600))
        for plan in get_story("main").workflows:
            yield _record(rng, plan, branch, at, fails=0.25 if is_bad else 0.06, slower=1.6 if is_bad else 1.0)


def _record(
    rng: random.Random, plan: WorkflowPlan, branch: str, at: datetime, *, fails: float, slower: float
) -> RunRecord:
    """A run along its plan: the failed job ends it, and a few are canceled."""
    jobs: list[JobRecord] = []
    status = "canceled" if rng.random() < 0.03 else "success"
    for job in plan.jobs:
        failed = status == "success" and rng.random() < fails / len(plan.jobs)
        took = max(1, round(job.duration_s * slower * rng.lognormvariate(0, 0.25)))
        jobs.append(JobRecord(job.name, "failed" if failed else status, took))
        if failed:
            status = "failed"
            break
    length_s = max(1, round(sum(job.duration_s for job in jobs) * 0.8))
    return RunRecord(
        id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        workflow=plan.name,
        branch=branch,
        status=status,
        created_at=at,
        stopped_at=at + timedelta(seconds=length_s),
        is_approval=False,
        jobs=tuple(jobs),
    )
