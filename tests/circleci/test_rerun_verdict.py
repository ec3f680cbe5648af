from __future__ import annotations

from typing import Any

import pytest

from bot.circleci.explanation import Explanation, FailureHistory
from bot.circleci.failure_causes import find_cause
from bot.circleci.failure_kinds import Signs
from bot.circleci.flaky_stats import FlakyStats
from bot.circleci.job_failure import FailedJob
from bot.circleci.models import TestResult
from bot.circleci.previous_runs import PreviousRun
from bot.circleci.rerun_verdict import get_verdicts, judge_job, judge_run
from tests.plugins.each_case import each_case
from tests.plugins.factories import make_job, make_snapshot, make_workflow

NUMBER = 341
ONE, TWO = (TestResult(name=name, classname="Cart", result="failure") for name in ("one", "two"))
FLAKY = {("Cart", "one"): FlakyStats(3)}
ASSERTION = find_cause(Signs(telling="E   assert 1 == 2"))
NETWORK = find_cause(Signs(printed=["connection refused"]))


def _failed(*tests: TestResult, **more: Any) -> FailedJob:
    known = {"cause": ASSERTION, "tests": tests, "tests_failed": len(tests)}
    return FailedJob(make_job(1, "test", "failed"), **(known | more))


def _before(number: int, *keys: tuple[str, str]) -> PreviousRun:
    return PreviousRun(number, passed=not keys, failures={"test": frozenset(keys)})


@each_case(
    ("failed", "known", "rerun"),
    [
        (_failed(ONE), FailureHistory(flaky_stats=FLAKY), True),
        (_failed(ONE, TWO), FailureHistory(flaky_stats=FLAKY), False),
        (_failed(ONE, tests_failed=400), FailureHistory(flaky_stats=FLAKY), False),
        (_failed(ONE, cause=None), FailureHistory(), None),
        (_failed(ONE, cause=NETWORK), FailureHistory(), True),
        (_failed(ONE), FailureHistory(_before(NUMBER)), True),
        (_failed(ONE), FailureHistory(_before(NUMBER - 1)), False),
        (_failed(ONE, cause=None), FailureHistory(_before(NUMBER, ("Cart", "one"))), False),
        (_failed(ONE, cause=None), FailureHistory(_before(NUMBER - 1, ("Cart", "one"))), None),
        (_failed(cause=None), FailureHistory(_before(NUMBER)), None),
    ],
)
def test_tests_known_as_flaky_and_the_same_commit_say_more_than_the_cause(
    failed: FailedJob, known: FailureHistory, rerun: bool | None
) -> None:
    verdict = judge_job(failed, known, NUMBER)
    assert (verdict and verdict.rerun) is rerun


@pytest.mark.parametrize(
    ("causes", "rerun"), [([NETWORK], True), ([NETWORK, ASSERTION], False), ([NETWORK, None], None), ([None], None)]
)
def test_one_job_that_must_fail_again_is_enough_for_its_workflow(causes: list[Any], rerun: bool | None) -> None:
    jobs = tuple(make_job(number, f"job-{number}", "failed") for number in range(len(causes)))
    run = make_snapshot((make_workflow(1, "build", "failed"), jobs)).workflows[0]
    why = Explanation(tuple(FailedJob(job, cause=cause) for job, cause in zip(jobs, causes, strict=True)))
    verdict = judge_run(run, why, NUMBER)
    assert (verdict and verdict.rerun) is rerun


def test_of_more_jobs_than_were_looked_into_it_is_not_known_that_a_rerun_is_worth_it() -> None:
    jobs = tuple(make_job(number, f"job-{number}", "failed") for number in range(4))
    run = make_snapshot((make_workflow(1, "build", "failed"), jobs)).workflows[0]
    assert judge_run(run, Explanation(tuple(FailedJob(job, cause=NETWORK) for job in jobs[:3])), NUMBER) is None


def test_where_nobody_looked_into_it_a_status_may_say_enough() -> None:
    lost = (make_workflow(1, "build", "failed"), (make_job(1, "test", "infrastructure_fail"),))
    failed = (make_workflow(2, "lint", "failed"), (make_job(2, "lint", "failed"),))
    snapshot = make_snapshot(lost, failed)
    assert {workflow: verdict.rerun for workflow, verdict in get_verdicts(snapshot).items()} == {lost[0].id: True}
