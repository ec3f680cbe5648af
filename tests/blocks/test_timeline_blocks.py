from __future__ import annotations

from bot.blocks.timeline_blocks import render_timeline
from bot.circleci.job_timeline import Bar, Timeline
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY


def test_jobs_over_time_in_numbers(golden: Check, valid_blocks: Check) -> None:
    bars = (
        Bar("lint", "success", is_hold=False, ready_s=0, started_s=4, stopped_s=60),
        Bar("test", "failed", is_hold=False, ready_s=0, started_s=20, stopped_s=310, critical=True),
        Bar("approve", "on_hold", is_hold=True, ready_s=310, started_s=310, stopped_s=700, goes_on=True, critical=True),
    )
    drawn = render_timeline("Timeline of build", Timeline(bars, reused_jobs=("setup",), waiting=("deploy",)))
    valid_blocks(drawn)
    golden("timeline", drawn)


def test_very_many_jobs_fit_and_what_is_left_out_is_said(valid_blocks: Check) -> None:
    bars = tuple(Bar(NASTY, "success", False, 0, n, n + 9, critical=True) for n in range(150))  # noqa: FBT003 -- short
    drawn = render_timeline("t", Timeline(bars, waiting=tuple(NASTY for _ in range(50))))
    valid_blocks([drawn[0], drawn[2]])
    shown = get_text(drawn)
    assert "…and 51 more" in shown
    assert "and 38 more" in shown
