"""Whether a rerun is worth it: of a job by its cause and its tests, of a workflow by all its failed jobs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.circleci.explanation import STILL, Explanation, Known
from bot.circleci.failure_causes import cause_of
from bot.circleci.failure_kinds import Signs, Verdict
from bot.circleci.job_failure import FailedJob
from bot.circleci.snapshot import Run, Snapshot

_FLAKY = Verdict(rerun=True, why="what failed is known to be flaky")
_AGAIN = Verdict(rerun=False, why="the same test failed before on this commit")
_PASSED = Verdict(rerun=True, why="the same commit passed before")


def of_job(failed: FailedJob, known: Known, pipeline_number: int) -> Verdict | None:
    """What is known of its tests says more than its cause. None: nobody knows."""
    same_commit = known.before is not None and known.before.pipeline_number == pipeline_number
    by_cause = failed.cause.verdict if failed.cause else None
    if not failed.tests or (by_cause and by_cause.rerun):
        return by_cause
    if len(failed.tests) == failed.tests_failed and all(test.key in known.reputation for test in failed.tests):
        return _FLAKY
    if same_commit and known.before and known.before.passed:
        return _PASSED
    if same_commit and any(known.since_before(failed.job.name, test) == STILL for test in failed.tests):
        return _AGAIN
    return by_cause


def of_run(run: Run, why: Explanation, pipeline_number: int) -> Verdict | None:
    """Of a workflow that was looked into."""
    verdicts = {each.job.id: of_job(each, why.known, pipeline_number) for each in why.jobs}
    return _together([verdicts.get(job.id) for job in run.failed_jobs])


def known_of(snapshot: Snapshot) -> dict[str, Verdict]:
    """By the ids of its newest workflows: as they were judged when they failed, else by what a status says."""
    judged = ((run.workflow.id, snapshot.verdicts.get(run.workflow.id) or by_status(run)) for run in snapshot.newest())
    return {workflow: verdict for workflow, verdict in judged if verdict}


def by_status(run: Run) -> Verdict | None:
    """Of a workflow of which nothing but how its jobs stand is known."""
    causes = [cause_of(Signs(status=job.status)) for job in run.failed_jobs]
    return _together([cause.verdict if cause else None for cause in causes])


def _together(verdicts: Sequence[Verdict | None]) -> Verdict | None:
    """One job that must fail again is enough to say so; that all may pass has to be known of each."""
    vain = _first(verdict for verdict in verdicts if verdict and not verdict.rerun)
    return vain or (_first(verdicts) if verdicts and all(verdicts) else None)


def _first(verdicts: Iterable[Verdict | None]) -> Verdict | None:
    return next(iter(verdicts), None)
