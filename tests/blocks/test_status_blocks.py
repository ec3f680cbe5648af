from __future__ import annotations

from datetime import UTC, datetime

from bot.blocks import status_blocks
from bot.domain import BAD, ENDED, JOB_ENDED
from tests.plugins.each_case import each_case


@each_case("word", sorted(ENDED | BAD | JOB_ENDED | {"running", "queued", "on_hold", "pending"}))
def test_every_status_of_circleci_has_a_look_and_a_word(word: str) -> None:
    assert status_blocks.get_emoji(word) != ":grey_question:"
    assert status_blocks.get_label(word)
    assert "_" not in status_blocks.get_label(word)


def test_a_status_that_circleci_invents_is_shown_in_its_own_words() -> None:
    assert status_blocks.get_emoji("frozen_over") == ":grey_question:"
    assert status_blocks.get_label("frozen_over") == "frozen over"


def test_a_moment_is_told_by_the_readers_own_slack_with_utc_for_others() -> None:
    moment = datetime(2026, 11, 3, 14, 5, tzinfo=UTC)
    assert status_blocks.format_ago(moment) == f"<!date^{int(moment.timestamp())}^{{ago}}|2026-11-03 14:05 UTC>"


@each_case(
    ("count", "said"),
    [
        (0, "0\u00a0B"),
        (999, "999\u00a0B"),
        (1000, "1\u00a0kB"),
        (1849, "1.8\u00a0kB"),
        (99_960, "100\u00a0kB"),
        (24_000_000, "24\u00a0MB"),
        (5 * 10**12, "5,000\u00a0GB"),
    ],
)
def test_a_size_is_said_in_powers_of_ten(count: int, said: str) -> None:
    assert status_blocks.format_size(count) == said
