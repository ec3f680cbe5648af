from __future__ import annotations

import pytest

from bot.blocks.result_blocks import format_test_names
from bot.circleci.explanation import FailureHistory
from bot.circleci.job_failure import FailedJob
from bot.circleci.models import TestResult
from bot.circleci.previous_runs import PreviousRun
from tests.plugins.factories import NASTY, make_job


def _fail(*names: str, job: str = "test", total: int = 0) -> FailedJob:
    tests = tuple(TestResult(name=name, classname="c", result="failure") for name in names)
    return FailedJob(make_job(2, job, "failed"), tests=tests, tests_failed=total or len(tests))


BEFORE = PreviousRun(340, passed=False, failures={"test": frozenset({("c", "old"), ("c", "older")})})


@pytest.mark.parametrize(
    ("jobs", "known", "told"),
    [
        ([], None, ""),
        ([_fail()], None, ""),
        ([_fail("a")], None, "`a`"),
        ([_fail("a", "b")], None, "`a`, `b`"),
        ([_fail("a", "b", "c", total=5)], None, "`a`, `b`, +3"),
        ([_fail("old", "a")], BEFORE, "`a` (new), `old` (still failing)"),
        ([_fail("old", "older", "a", "b", "c")], BEFORE, "`a` (new), `b` (new), +3"),
        ([_fail("old"), _fail("x", job="e2e")], BEFORE, "`x`, `old` (still failing)"),
    ],
)
def test_failed_tests_are_named_the_new_ones_first(jobs: list[FailedJob], known: PreviousRun | None, told: str) -> None:
    assert format_test_names(jobs, FailureHistory(known)) == told


def test_names_of_strangers_stay_short_and_tame() -> None:
    told = format_test_names([_fail(NASTY * 50)], FailureHistory())
    assert len(told) < 200
    assert "<!channel>" not in told
