"""Earlier runs of a workflow on its branch, found with few requests, and what failed in them.

CircleCI has no query for "the run before this one": the branch's pipelines are walked back, newest first.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.circleci.client import CircleCI
from bot.circleci.job_failure import FailedJob
from bot.circleci.models import Job, Pipeline, TestKey, Workflow
from bot.domain import ProjectSlug

LOOKS = 8
_JOBS = 3

Failures = Mapping[str, frozenset[TestKey]]
"""The failed tests of jobs that ran to their end, by job name; empty where all passed."""


@dataclass(frozen=True, slots=True)
class PreviousRun:
    """What failed in the previous run (`passed`: nothing). Of a job that is not in `failures` nothing is known."""

    pipeline_number: int
    passed: bool
    failures: Failures = field(default_factory=dict)

    def get_failures(self, job: str) -> frozenset[TestKey] | None:
        """The tests that failed in this job then; None when that is not known."""
        return frozenset() if self.passed else self.failures.get(job)


async def list_previous_runs(
    circleci: CircleCI, pipeline: Pipeline, workflow: Workflow, *, looks: int = LOOKS
) -> AsyncIterator[tuple[Pipeline, Workflow | None]]:
    """Earlier runs of the same workflow, newest first: in the same pipeline, then on the branch's older ones.

    A pipeline that has no run of this name comes with None. `looks` is how many older pipelines are looked at.
    """
    if again := _find_newest(await circleci.list_pipeline_workflows(pipeline.id), workflow, before=workflow):
        yield pipeline, again
    looked = 0
    async for older in circleci.list_pipelines(pipeline.project, branch=pipeline.branch, pages=3):
        if older.number >= pipeline.number or older.ref != pipeline.ref:
            continue
        yield older, _find_newest(await circleci.list_pipeline_workflows(older.id), workflow)
        looked += 1
        if looked >= looks:
            return


def _find_newest(workflows: Sequence[Workflow], like: Workflow, before: Workflow | None = None) -> Workflow | None:
    """The newest run of the same name, earlier than `before` if that is given."""
    runs = [(run.created_at, run) for run in workflows if run.name == like.name and run.created_at]
    if before:
        runs = [(at, run) for at, run in runs if run.id != before.id and before.created_at and at < before.created_at]
    return max(runs, key=lambda pair: pair[0], default=(None, None))[1]


async def fetch_failures(circleci: CircleCI, project: ProjectSlug, jobs: Sequence[Job]) -> Failures:
    """What failed in a run with these jobs, three failed jobs at most. Raises CircleCIError."""
    found = get_passed_jobs(jobs)
    for job in [job for job in jobs if job.status == "failed" and job.job_number][:_JOBS]:
        results = await circleci.list_test_keys(project, job)
        if results:
            found[job.name] = frozenset(result.key for result in results if result.has_failed)
    return found


def get_failures(jobs: Sequence[Job], failed: Sequence[FailedJob]) -> Failures:
    """The same of a run whose failed jobs have been looked into already."""
    looked_into = {
        each.job.name: frozenset(test.key for test in each.tests)
        for each in failed
        if (each.tests or each.tests_passed) and each.tests_failed == len(each.tests)
    }
    return get_passed_jobs(jobs) | looked_into


def get_passed_jobs(jobs: Sequence[Job]) -> dict[str, frozenset[TestKey]]:
    return {job.name: frozenset() for job in jobs if job.status == "success" and not job.is_approval}
