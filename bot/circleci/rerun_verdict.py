"""Whether a rerun is worth it: of a job by its cause and its tests, of a workflow by all its failed jobs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.circleci.explanation import STILL, Explanation, FailureHistory
from bot.circleci.failure_causes import find_cause
from bot.circleci.failure_kinds import Signs, Verdict
from bot.circleci.job_failure import FailedJob
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.language import N_

_FLAKY = Verdict(rerun=True, why=N_("what failed is known to be flaky"))
_AGAIN = Verdict(rerun=False, why=N_("the same test failed before on this commit"))
_PASSED = Verdict(rerun=True, why=N_("the same commit passed before"))


def judge_job(failed: FailedJob, known: FailureHistory, pipeline_number: int) -> Verdict | None:
    """What is known of its tests says more than its cause. None: nobody knows."""
    same_commit = known.before is not None and known.before.pipeline_number == pipeline_number
    by_cause = failed.cause.verdict if failed.cause else None
    if not failed.tests or (by_cause and by_cause.rerun):
        return by_cause
    if len(failed.tests) == failed.tests_failed and all(test.key in known.flaky_stats for test in failed.tests):
        return _FLAKY
    if same_commit and known.before and known.before.passed:
        return _PASSED
    if same_commit and any(known.compare_with_previous(failed.job.name, test) == STILL for test in failed.tests):
        return _AGAIN
    return by_cause


def judge_run(run: WorkflowRun, why: Explanation, pipeline_number: int) -> Verdict | None:
    """Of a workflow that was looked into."""
    verdicts = {each.job.id: judge_job(each, why.known, pipeline_number) for each in why.jobs}
    return _combine([verdicts.get(job.id) for job in run.failed_jobs])


def get_verdicts(snapshot: Snapshot) -> dict[str, Verdict]:
    """By the ids of its newest workflows: as they were judged when they failed, else by what a status says."""
    judged = (
        (run.workflow.id, snapshot.verdicts.get(run.workflow.id) or judge_by_status(run))
        for run in snapshot.get_newest_runs()
    )
    return {workflow: verdict for workflow, verdict in judged if verdict}


def list_vain(snapshot: Snapshot) -> set[str]:
    """The ids of its newest workflows that would fail again."""
    return {workflow for workflow, verdict in get_verdicts(snapshot).items() if not verdict.rerun}


def judge_by_status(run: WorkflowRun) -> Verdict | None:
    """The verdict on a workflow of which only the jobs' statuses are known."""
    causes = [find_cause(Signs(status=job.status)) for job in run.failed_jobs]
    return _combine([cause.verdict if cause else None for cause in causes])


def _combine(verdicts: Sequence[Verdict | None]) -> Verdict | None:
    """One job that must fail again is enough to say so; that all may pass has to be known of each."""
    vain = _first(verdict for verdict in verdicts if verdict and not verdict.rerun)
    return vain or (_first(verdicts) if verdicts and all(verdicts) else None)


def _first(verdicts: Iterable[Verdict | None]) -> Verdict | None:
    return next(iter(verdicts), None)
