from __future__ import annotations

from dataclasses import replace

from bot.blocks.log_blocks import Shown, log
from bot.circleci.models import Action
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import text_of
from tests.plugins.factories import NASTY

SHOWN = Shown(
    job="test (job 12) of #341",
    words=("gh/acme/web", "job", "12"),
    url="https://app.circleci.com/jobs/12",
    action=Action(name="Run tests", status="failed", failed=True, exit_code=1, index=2),
    lines=("collecting", "E   assert 90 == 81", "1 failed"),
    full="logs gh/acme/web job 12 --full",
)


def test_the_end_of_a_log_with_the_line_that_tells_why(golden: Check, valid_blocks: Check) -> None:
    blocks = log(SHOWN)
    valid_blocks(blocks)
    golden("logs", blocks)


def test_nothing_printed_and_far_too_much_both_fit(valid_blocks: Check) -> None:
    nothing = log(replace(SHOWN, lines=()))
    valid_blocks(nothing)
    assert "It printed nothing (yet)." in text_of(nothing)
    valid_blocks(log(replace(SHOWN, job=NASTY, lines=(NASTY * 2,) * 60)))
