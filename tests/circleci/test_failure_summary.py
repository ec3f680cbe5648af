from __future__ import annotations

from bot.blocks.reason_blocks import format_failure
from bot.circleci.explanation import Explanation, FailureHistory
from bot.circleci.failure_causes import find_cause
from bot.circleci.failure_kinds import Signs
from bot.circleci.failure_summary import FailureSummary, build_failure_summaries
from bot.circleci.job_failure import FailedJob
from bot.circleci.memory_use import MemoryUse
from bot.circleci.models import TestResult
from bot.circleci.previous_runs import PreviousRun
from bot.circleci.snapshot import Snapshot
from tests.plugins.factories import NASTY, make_job, make_pipeline

JOB = make_job(1, "unit", "failed")


def test_the_first_failed_tests_are_named_with_what_is_known_of_them() -> None:
    tests = tuple(TestResult(name=name, classname="Cart", result="failure") for name in ("a", "b", "c"))
    before = FailureHistory(PreviousRun(340, passed=False, failures={"unit": frozenset({tests[0].key})}))
    (told,) = build_failure_summaries(Explanation((FailedJob(JOB, step="Test", tests=tests, tests_failed=3),), before))
    assert [(test.name, test.since) for test in told.tests] == [("a", "still"), ("b", "new")]
    assert (told.number, told.tests_failed) == (1, 3)


def test_without_tests_the_line_that_tells_stands_or_circlecis_own_words() -> None:
    by_log = FailedJob(JOB, first_error="E501 too long", messages=("Killed",))
    by_circleci = FailedJob(JOB, messages=("Out of memory\nsince forever",))
    told = build_failure_summaries(Explanation((by_log, by_circleci, FailedJob(JOB))))
    assert [one.line for one in told] == ["E501 too long", "Out of memory"]


def test_what_ran_out_of_memory_says_of_how_much_and_comes_back_from_the_store() -> None:
    memory = MemoryUse(4 * 1024**3, 4 * 1024**3)
    failed = FailedJob(JOB, step="Bundle", first_error="Killed", cause=find_cause(Signs(memory=memory)))
    (told,) = build_failure_summaries(Explanation((failed,)))
    assert FailureSummary.model_validate_json(told.model_dump_json()) == told
    assert format_failure(told, None, 40).replace("\xa0", " ") == "> `unit` · Bundle · ran out of memory: 4 GB of 4 GB"


def test_whatever_is_found_out_it_stays_small_and_comes_back_from_the_store() -> None:
    job = make_job(1, NASTY * 9, "failed")
    tests = tuple(TestResult(name=NASTY * 9, result="failure") for _ in range(200))
    worst = FailedJob(job, step=NASTY * 9, tests=tests, tests_failed=9999, first_error=NASTY * 9, messages=(NASTY,))
    failures = {"w": build_failure_summaries(Explanation((worst,) * 3))}
    stored = Snapshot(pipeline=make_pipeline(), failures=failures).model_dump_json(include={"failures"})
    assert len(stored) < 3 * 1000
    assert (
        Snapshot.model_validate_json(Snapshot(pipeline=make_pipeline(), failures=failures).model_dump_json()).failures
        == failures
    )
    assert FailureSummary(job="unit").says_why is False
