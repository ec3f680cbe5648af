from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.circleci.job_failure import FailedJob
from bot.circleci.models import Job, TestResult
from bot.circleci.previous_runs import PreviousRun
from bot.domain import Outcome, ProjectSlug
from bot.rules.history import WorkflowHistory, add_failed_tests, assume_worst, classify, merge_previous_run
from bot.rules.replay import replay_outcomes
from tests.plugins.each_case import each_case

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WEB = ProjectSlug("gh", "acme", "web")


def run(number: int, kind: str, at: int | None = None, **more: Any) -> Outcome:
    """A run of `build` on main in pipeline #number, ended at that minute (its number, unless said otherwise)."""
    minute = number if at is None else at
    known = {"workflow": "build", "branch": "main", "tag": None, "workflow_id": f"w{number}-{minute}"} | more
    return Outcome(
        key=f"{number}:{minute}:{kind}:{known['workflow']}:{known['branch']}", kind=kind, status=kind, project=WEB,
        pipeline_id=f"p{number}", pipeline_number=number, happened_at=NOW + timedelta(minutes=minute), **known,
    )  # fmt: skip


def classes(*runs: Outcome) -> list[set[str]]:
    """Of each run, in the order in which they are given here."""
    found = {outcome.key: set(outcome.classes) for outcome in replay_outcomes(runs)}
    return [found[one.key] for one in runs]


def test_the_first_failure_breaks_the_next_ones_stay_and_the_first_success_recovers() -> None:
    story = [run(1, "passed"), run(2, "failed"), run(3, "unauthorized"), run(4, "passed"), run(5, "passed")]
    assert classes(*story) == [set(), {"broke"}, {"still-failing"}, {"recovered"}, set()]
    assert [outcome.streak for outcome in replay_outcomes(story)] == [0, 1, 2, 0, 0]


def test_a_branch_that_begins_with_a_failure_broke_too() -> None:
    assert classes(run(1, "failed")) == [{"broke"}]


def test_other_branches_and_workflows_do_not_count() -> None:
    assert (
        classes(run(1, "failed"), run(2, "failed", branch="x"), run(3, "failed", workflow="deploy")) == [{"broke"}] * 3
    )


def test_what_was_canceled_or_never_ran_says_nothing() -> None:
    story = [run(1, "failed"), run(2, "canceled"), run(3, "not-run"), run(4, "on-hold"), run(5, "failed")]
    assert classes(*story) == [{"broke"}, set(), set(), set(), {"still-failing"}]


def test_a_rerun_that_passes_is_flaky_and_a_recovery() -> None:
    story = [run(1, "passed"), run(2, "failed", 2), run(2, "passed", 3), run(3, "passed", 4)]
    assert classes(*story) == [set(), {"broke"}, {"recovered", "flaky"}, set()]


def test_a_rerun_that_fails_again_stays_failing() -> None:
    assert classes(run(1, "passed"), run(2, "failed", 2), run(2, "failed", 3)) == [set(), {"broke"}, {"still-failing"}]


def test_a_config_error_breaks_all_workflows_and_any_of_them_recovers() -> None:
    wrong = run(2, "errored-config", workflow="", workflow_id=None)
    assert classes(run(1, "passed"), wrong, run(3, "passed"), run(4, "passed")) == [
        set(),
        {"broke"},
        {"recovered"},
        set(),
    ]


def test_an_older_pipeline_that_ends_late_tells_nothing_about_the_branch() -> None:
    """#1 is slow: #2 has passed when it fails. Then #2 is rerun; then #1 is, and passes."""
    story = [run(2, "passed", 5), run(1, "failed", 9), run(3, "passed", 10), run(1, "passed", 12)]
    assert classes(*story) == [set(), set(), set(), {"flaky"}]


def test_an_older_pipeline_that_had_not_ended_yet_does_not_count_for_a_newer_one() -> None:
    assert classes(run(1, "failed", 9), run(2, "failed", 5)) == [set(), {"broke"}]


@each_case(
    ("before", "now", "new"),
    [
        ({"unit"}, {"unit"}, False),
        ({"unit"}, {"unit", "lint"}, True),
        ({"unit", "lint"}, {"lint"}, False),
        ({"unit\na"}, {"unit\na"}, False),
        ({"unit\na"}, {"unit\na", "unit\nb"}, True),
        ({"unit\na", "unit\nb"}, {"unit\nb"}, False),
        ({"unit"}, {"unit\na"}, False),
        ({"unit\na"}, {"unit"}, False),
        (set(), set(), False),
    ],
)
def test_newly_failing_is_another_job_or_test_than_last_time(before: set[str], now: set[str], new: bool) -> None:
    first, second = run(1, "failed", failing=frozenset(before)), run(2, "failed", failing=frozenset(now))
    assert ("newly-failing" in classes(first, second)[1]) is new
    passed = run(1, "passed")
    assert ("newly-failing" in classes(passed, second)[1]) is bool(now)


def test_nothing_is_called_new_after_a_failure_of_which_nobody_knows_what_failed() -> None:
    unread, after = run(1, "failed"), run(2, "failed", failing=frozenset({"unit", "unit\na"}))
    assert classes(unread, after) == [{"broke"}, {"still-failing"}]
    wrong = run(1, "errored-config", workflow="", workflow_id=None)
    assert classes(wrong, after)[1] == {"still-failing", "newly-failing"}, "of a wrong config all is known"
    later = run(3, "failed", failing=frozenset({"lint"}))
    assert classes(unread, after, later)[2] == {"still-failing", "newly-failing"}


def test_tests_are_known_only_where_all_of_them_are() -> None:
    tests = tuple(TestResult(name=name, classname="t", result="failure") for name in "ab")
    known = FailedJob(Job(id="1", name="unit"), tests=tests, tests_failed=2)
    many = FailedJob(Job(id="2", name="e2e"), tests=tests, tests_failed=40)
    failed = run(1, "failed", failing=frozenset({"unit", "e2e"}))
    assert add_failed_tests(failed, [known, many]).failing == {"unit", "e2e", "unit\nt a", "unit\nt b"}
    assert add_failed_tests(run(1, "canceled"), [known]).failing == frozenset()


def test_slow_is_measured_by_the_95th_percentile_of_the_last_thirty_good_runs() -> None:
    usual = [run(number, "passed", busy_s=float(100 + number % 10)) for number in range(10, 40)]
    early = [run(number, "passed", busy_s=9000.0, branch="old") for number in range(1, 4)]
    slow, quick = run(50, "passed", busy_s=218.0), run(51, "passed", busy_s=100.0)
    told = {outcome.pipeline_number: outcome for outcome in replay_outcomes([*early, *usual, slow, quick])}
    assert told[50].slowdown == pytest.approx(218 / 109)
    assert "slow" in told[50].classes
    assert "slow" not in told[51].classes


def test_nothing_is_slow_before_anything_is_usual() -> None:
    few = [run(number, "passed", busy_s=1.0) for number in range(1, 5)]
    assert replay_outcomes([*few, run(9, "passed", busy_s=99.0)])[-1].slowdown is None
    assert replay_outcomes([*few, run(5, "passed", busy_s=0.0), run(9, "passed", busy_s=None)])[-1].slowdown is None


def test_the_order_in_which_outcomes_are_read_changes_nothing() -> None:
    story = [run(1, "passed"), run(2, "failed", 2), run(2, "passed", 7), run(3, "failed", 5), run(4, "failed", 6)]
    assert replay_outcomes(story) == replay_outcomes(reversed(story))


def test_a_failure_is_presumed_to_be_anything_that_it_might_be() -> None:
    assert assume_worst(run(1, "failed")).classes == {"broke", "still-failing", "newly-failing"}
    passed = run(1, "passed")
    assert assume_worst(passed) == replace(passed)


@each_case(
    ("heard", "shown", "means"),
    [
        (None, PreviousRun(8, passed=False, failures={"test": frozenset({("Cart", "total")})}), {"still-failing"}),
        (None, PreviousRun(8, passed=True), {"broke", "newly-failing"}),
        (None, None, {"broke", "newly-failing"}),
        (run(7, "passed"), PreviousRun(8, passed=False), {"still-failing"}),
        (run(9, "passed"), PreviousRun(8, passed=False), {"broke", "newly-failing"}),
    ],
)
def test_what_circleci_shows_of_a_later_run_than_we_heard_of_counts(
    heard: Outcome | None, shown: PreviousRun | None, means: set[str]
) -> None:
    failed = run(10, "failed", failing=frozenset({"test", "test\nCart total"}))
    assert classify(failed, merge_previous_run(WorkflowHistory(heard), shown, failed)).classes == means
