from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.blocks.notice_blocks import render, render_details, render_line
from bot.circleci.explanation import NOTHING_KNOWN, Explanation, FailureHistory
from bot.circleci.failure_causes import Cause, find_cause
from bot.circleci.failure_kinds import Signs
from bot.circleci.flaky_stats import FlakyStats
from bot.circleci.job_failure import FailedJob
from bot.circleci.links import Links
from bot.circleci.models import TestResult
from bot.circleci.previous_runs import PreviousRun
from bot.circleci.snapshot import Snapshot
from bot.domain import Outcome
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, NOW, WEB, make_id, make_job, make_pipeline, make_snapshot, make_workflow

JOB = make_job(2, "test", "failed")


def _test(name: str, **more: object) -> TestResult:
    known = {"name": name, "classname": "tests.Cart", "file": "tests/test_cart.py", "result": "failure"}
    return TestResult.model_validate(known | {"message": f"assert {name}", "run_time": 0.25} | more)


def _outcome(kind: str = "failed") -> Outcome:
    return Outcome(
        "key", kind, "failed", WEB, make_id(341), 341, "build", make_id(1001), "main", None, NOW - timedelta(minutes=6)
    )


def _snapshot(*jobs: object) -> Snapshot:
    return make_snapshot((make_workflow(1, "build", "failed"), jobs or (JOB,)))  # type: ignore[arg-type]  # jobs


FAILED = FailedJob(
    JOB,
    step="Run tests",
    exit_code=1,
    tests=(_test("test_still"), _test("test_new")),
    tests_failed=2,
    telling=("collecting", "E   assert 90 == 81", "2 failed"),
    first_error="E   assert 90 == 81",
    nodes=(1,),
    parallelism=4,
)
KNOWN = FailureHistory(
    PreviousRun(
        340, passed=False, failures={"test": frozenset({("tests.Cart", "test_still"), ("tests.Cart", "test_old")})}
    ),
    {("tests.Cart", "test_new"): FlakyStats(3)},
)
WHY = Explanation((FAILED,), KNOWN, (("tests.Cart", "test_old"),))


def test_a_failure_is_told_with_what_is_new_what_is_fixed_and_what_can_be_done(
    golden: Check, valid_blocks: Check
) -> None:
    message = render(_outcome(), _snapshot(), WHY, links=Links())
    valid_blocks(message.blocks)
    golden("notice_failed", list(message.blocks))
    shown = get_text(list(message.blocks))
    assert shown.index("test_new") < shown.index("test_still")
    assert "1 test fixed* since #340: `test_old`" in shown


def test_a_cause_is_told_with_what_helps(golden: Check, valid_blocks: Check) -> None:
    why = FailedJob(JOB, cause=Cause("It ran out of memory.", "Take more."), messages=("CircleCI says so",))
    message = render(_outcome(), _snapshot(), Explanation((why,)), links=Links())
    valid_blocks(message.blocks)
    golden("notice_cause", list(message.blocks))


def test_of_a_setup_workflow_it_is_said_that_nothing_else_ran(valid_blocks: Check) -> None:
    setup = make_snapshot((make_workflow(1, "setup", "failed", tag="setup"), (JOB,)))
    blocks = list(render(_outcome(), setup, Explanation((FailedJob(JOB),)), links=Links()).blocks)
    valid_blocks(blocks)
    assert "which makes the config of the others: so nothing else ran" in get_text(blocks)


def test_a_rerun_stands_out_only_where_it_is_worth_it(valid_blocks: Check) -> None:
    for signs, worth in (
        (Signs(printed=["connection refused"]), True),
        (Signs(telling="a.go:3:5: undefined: x"), False),
    ):
        why = Explanation((FailedJob(JOB, cause=find_cause(signs)),))
        blocks = list(render(_outcome(), _snapshot(), why, links=Links()).blocks)
        valid_blocks(blocks)
        assert ("*Worth a rerun*: networks fail now and then" in get_text(blocks)) is worth
        assert ("style" in blocks[-1]["elements"][0]) is worth


def test_an_unauthorized_run_offers_no_ssh_into_what_never_ran(valid_blocks: Check) -> None:
    job = make_job(3, "deploy", "unauthorized", job_number=None)
    message = render(_outcome("unauthorized"), _snapshot(job), Explanation((FailedJob(job),)), links=Links())
    valid_blocks(message.blocks)
    assert "Rerun with SSH" not in get_text(list(message.blocks))


def test_a_recovery_tells_what_was_fixed(valid_blocks: Check) -> None:
    fixed = tuple(("tests.Cart", f"test_{number}") for number in range(11))
    message = render(
        replace(_outcome("passed"), classes=frozenset({"recovered"})),
        _snapshot(),
        Explanation((), KNOWN, fixed),
        links=Links(),
    )
    valid_blocks(message.blocks)
    shown = get_text(list(message.blocks))
    assert "11 tests fixed* since #340" in shown
    assert "and 3 more" in shown
    assert "Rerun" not in shown


def test_an_outcome_of_which_nothing_is_known_is_told_all_the_same(valid_blocks: Check) -> None:
    message = render(_outcome(), _snapshot(), NOTHING_KNOWN, links=Links())
    valid_blocks(message.blocks)
    assert "failed" in message.text


def test_the_worst_that_circleci_may_send_still_fits(valid_blocks: Check) -> None:
    tests = tuple(_test(f"{number} {NASTY}", file=NASTY, classname=NASTY, message=NASTY * 5) for number in range(200))
    job = make_job(2, NASTY, "failed")
    why = replace(
        FAILED,
        job=job,
        step=NASTY,
        tests=tests,
        tests_failed=5000,
        telling=(NASTY * 2,) * 30,
        messages=(NASTY * 3,) * 9,
        nodes=tuple(range(64)),
        parallelism=64,
    )
    snapshot = make_snapshot((make_workflow(1, NASTY, "failed"), (job,) * 6), pipeline=make_pipeline(branch=NASTY))
    message = render(_outcome(), snapshot, Explanation((why,) * 3, KNOWN, (("", NASTY),) * 300), links=Links())
    valid_blocks(message.blocks)
    assert "<!channel>" not in get_text(list(message.blocks))


def test_a_channel_reads_a_failure_in_one_line_and_its_thread_the_rest(golden: Check, valid_blocks: Check) -> None:
    outcome, snapshot = replace(_outcome(), classes=frozenset({"still-failing"}), streak=3), _snapshot()
    line = render_line(outcome, snapshot, WHY, links=Links())
    details = render_details(outcome, snapshot, WHY, links=Links())
    assert details
    valid_blocks(list(line.blocks))
    valid_blocks(list(details.blocks))
    golden("notice_line", {"line": list(line.blocks), "details": list(details.blocks)})
    assert line.text.endswith("`main`: `test_new`, `test_still` (still failing)")
    assert "3 in a row" in line.text
    assert "`main`" not in get_text({"blocks": line.blocks}), "its card says that right above"
    assert "\n" not in line.text
    assert outcome.workflow not in get_text({"blocks": details.blocks[:1]}).partition("/workflows/")[0]


def test_the_line_tells_the_reason_where_no_test_failed() -> None:
    lint = FailedJob(
        make_job(3, "lint", "failed"), step="Lint", telling=("x", "error: no"), first_error="error: no\ncart"
    )
    line = render_line(_outcome(), _snapshot(), Explanation((lint, lint)), links=Links())
    assert line.text.endswith(": `lint`, +1 — error: no cart")
    bare = render_line(_outcome(), _snapshot(), NOTHING_KNOWN, links=Links())
    assert bare.text.endswith("on `main`")


def test_the_line_stays_one_line_whatever_strangers_write() -> None:
    job = FailedJob(make_job(3, NASTY, "failed"), first_error=NASTY * 30, tests=())
    line = render_line(_outcome(), _snapshot(), Explanation((job,)), links=Links())
    assert "\n" not in line.text
    assert len(line.text) < 900


def test_a_success_leaves_nothing_out() -> None:
    assert render_details(_outcome("passed"), _snapshot(), NOTHING_KNOWN, links=Links()) is None


def test_the_log_is_shown_in_twelve_lines_at_most_and_not_where_the_tests_say_it() -> None:
    lines = tuple(f"line {number}" for number in range(12))
    logged = replace(FAILED, tests=(), tests_failed=0, telling=lines, first_error="line 4")
    shown = get_text({"blocks": render(_outcome(), _snapshot(), Explanation((logged,)), links=Links()).blocks})
    assert shown.count("line ") == 12
    told = replace(FAILED, telling=("x", "FAILED test_new - assert"), first_error="FAILED test_new - assert")
    shown = get_text({"blocks": render(_outcome(), _snapshot(), Explanation((told,)), links=Links()).blocks})
    assert "FAILED test_new" not in shown


def test_of_several_failed_jobs_each_tells_its_line() -> None:
    jobs = [
        FailedJob(
            make_job(number, f"job{number}", "failed"),
            telling=("a", f"error: {number}"),
            first_error=f"error: {number}",
        )
        for number in (3, 4)
    ]
    shown = get_text({"blocks": render(_outcome(), _snapshot(), Explanation(tuple(jobs)), links=Links()).blocks})
    assert "> error: 3" in shown
    assert "> error: 4" in shown
    assert "```" not in shown
