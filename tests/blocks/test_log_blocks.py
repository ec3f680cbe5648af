from __future__ import annotations

from dataclasses import replace

from bot.blocks.log_blocks import StepLog, render
from bot.circleci.models import StepAction
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY

SHOWN = StepLog(
    job="test (job 12) of #341",
    job_words=("gh/acme/web", "job", "12"),
    url="https://app.circleci.com/jobs/12",
    action=StepAction(name="Run tests", status="failed", failed=True, exit_code=1, index=2),
    lines=("collecting", "E   assert 90 == 81", "1 failed"),
    telling=True,
    full_log_line="logs gh/acme/web job 12 --full",
)


def test_the_lines_of_a_log_that_tell_why(golden: Check, valid_blocks: Check) -> None:
    blocks = render(SHOWN)
    valid_blocks(blocks)
    golden("logs", blocks)


def test_where_no_line_tells_why_the_end_of_the_log_is_shown_and_called_so() -> None:
    shown = get_text(render(replace(SHOWN, lines=("+ step 1", "+ step 2"), telling=False)))
    assert "The end of the log:" in shown
    assert "tell why" not in shown


def test_nothing_printed_and_far_too_much_both_fit(valid_blocks: Check) -> None:
    nothing = render(replace(SHOWN, lines=()))
    valid_blocks(nothing)
    assert "It printed nothing (yet)." in get_text(nothing)
    assert "The lines" not in get_text(nothing)
    valid_blocks(render(replace(SHOWN, job=NASTY, lines=(NASTY * 2,) * 60)))
