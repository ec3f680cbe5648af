from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.blocks.undelivered_blocks import MissedMessages, render_missed, render_unreachable
from tests.plugins.block_kit import Check
from tests.plugins.each_case import each_case

SINCE = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def test_a_summary_tells_the_newest_and_counts_the_rest(golden: Check, valid_blocks: Check) -> None:
    lines = [f":x: *build-and-test* failed — web #{number} on `main`" for number in range(41, 51)]
    message = render_missed(MissedMessages(50, SINCE, SINCE + timedelta(hours=26), lines))
    valid_blocks(message.blocks)
    golden("missed", message.blocks)


def test_a_summary_of_the_longest_lines_is_cut_and_not_refused(valid_blocks: Check) -> None:
    valid_blocks(render_missed(MissedMessages(10, SINCE, SINCE, ["x" * 5000] * 10)).blocks)


@each_case(
    ("reason", "says"),
    [
        ("not_in_channel", "/invite"),
        ("channel_not_found", "/invite"),
        ("is_archived", "unarchive"),
        ("message_not_found", "deleted its message"),
        ("restricted_action", "`restricted_action`"),
    ],
)
def test_who_is_told_that_nothing_can_be_posted_learns_what_to_do(reason: str, says: str) -> None:
    text = render_unreachable("C0DEPLOYS", reason).text
    assert "<#C0DEPLOYS>" in text
    assert says in text
