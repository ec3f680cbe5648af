from __future__ import annotations

from bot.blocks.result_blocks import format_failed_tests, format_fixed, format_test, format_test_names
from bot.circleci.explanation import FailureHistory
from bot.circleci.flaky_stats import FlakyStats
from bot.circleci.job_failure import FailedJob
from bot.circleci.models import TestResult
from bot.circleci.previous_runs import PreviousRun
from tests.plugins.each_case import each_case
from tests.plugins.factories import NASTY, make_job


def _fail(*names: str, job: str = "test", total: int = 0) -> FailedJob:
    tests = tuple(TestResult(name=name, classname="c", result="failure") for name in names)
    return FailedJob(make_job(2, job, "failed"), tests=tests, tests_failed=total or len(tests))


BEFORE = PreviousRun(340, passed=False, failures={"test": frozenset({("c", "old"), ("c", "older")})})


@each_case(
    ("jobs", "known", "told"),
    [
        ([], None, ""),
        ([_fail()], None, ""),
        ([_fail("a")], None, "`a`"),
        ([_fail("a", "b")], None, "`a`, `b`"),
        ([_fail("a", "b", "c", total=5)], None, "`a`, `b`, +3"),
        ([_fail("old", "a")], BEFORE, "`a` (new), `old` (still failing)"),
        ([_fail("old", "older", "a", "b", "c")], BEFORE, "`a`, `b` (all new), +3"),
        ([_fail("old", "older")], BEFORE, "`old`, `older` (all still failing)"),
        ([_fail("old"), _fail("x", job="e2e")], BEFORE, "`x`, `old` (still failing)"),
    ],
)
def test_failed_tests_are_named_the_new_ones_first(jobs: list[FailedJob], known: PreviousRun | None, told: str) -> None:
    assert format_test_names(jobs, FailureHistory(known)) == told


@each_case(
    ("classname", "file", "where"),
    [
        ("tests.test_cart", "tests/test_cart.py", "`tests/test_cart.py`"),
        ("tests.test_cart.TestCart", "tests/test_cart.py", "TestCart `tests/test_cart.py`"),
        ("com.acme.CartTest", "src/test/java/com/acme/CartTest.java", "`src/test/java/com/acme/CartTest.java`"),
        ("tests/test_cart.py", "tests/test_cart.py", "`tests/test_cart.py`"),
        ("cart", "", "cart"),
        ("Cart", "a/checkout.js", "Cart `a/checkout.js`"),
    ],
)
def test_a_row_says_the_class_and_the_file_once(classname: str, file: str, where: str) -> None:
    failed = TestResult(name="a", classname=classname, file=file, result="failure")
    assert format_test(failed, FailureHistory(None), "test").partition(" — ")[2] == where


def test_names_of_strangers_stay_short_and_tame() -> None:
    told = format_test_names([_fail(NASTY * 50)], FailureHistory())
    assert len(told) < 200
    assert "<!channel>" not in told


def test_a_rerun_is_compared_with_the_run_before_not_with_its_own_pipeline() -> None:
    jobs, rerun = [_fail("old", "a")], FailureHistory(BEFORE, number=340)
    assert "against the run before: 1 newly failing, 1 still failing" in format_failed_tests(jobs[0], rerun, 5)
    assert "against #340:" in format_failed_tests(jobs[0], FailureHistory(BEFORE, number=341), 5)
    assert format_fixed([("c", "old")], rerun) == ":white_check_mark: *1 test fixed* since the run before: `old`"


def test_what_all_failed_tests_are_is_said_once() -> None:
    told = format_failed_tests(_fail("old", "older"), FailureHistory(BEFORE, number=341), 5)
    assert told.count("still failing") == 1
    mixed = format_failed_tests(_fail("old", "a"), FailureHistory(BEFORE, number=341), 5)
    assert [line.count("failing") for line in mixed.splitlines()] == [2, 1, 1]


def test_what_is_known_to_be_flaky_is_not_called_new() -> None:
    flaky = FailureHistory(BEFORE, {("c", "a"): FlakyStats(flaked=3)})
    (jobs,) = [[_fail("old", "a", "b")]]
    assert format_test_names(jobs, flaky, 3) == "`b` (new), `a`, `old` (still failing)"
    told = format_failed_tests(jobs[0], flaky, 5)
    assert "against #340: 1 newly failing, 1 still failing, 1 flaky" in told
    assert "• *a* — c · :game_die: flaky: 3 flakes in two weeks" in told
