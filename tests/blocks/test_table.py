from __future__ import annotations

from bot.blocks import kit
from bot.blocks.table import MOST_ROWS, build_fallbacks, build_table, replace_tables
from bot.messages import Message
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY


def test_a_table_holds_whatever_comes_and_never_more_than_slack_takes(valid_blocks: Check) -> None:
    drawn = build_table(("Name", "Runs"), [(NASTY, ""), *[(str(number), "1") for number in range(500)]])
    valid_blocks([drawn])
    assert len(drawn["rows"]) == MOST_ROWS + 1
    assert [one["align"] for one in drawn["column_settings"]] == ["left", "right"]


def test_where_tables_are_refused_each_row_is_a_line_that_names_its_numbers(valid_blocks: Check) -> None:
    message = Message(
        "text", [kit.section("Before"), build_table(("Job", "Runs", "Took"), [("a<b", "3", "1m"), ("c", "4", "2m")])]
    )
    first, second = build_fallbacks(message)
    assert first is message
    assert get_text(second.blocks) == "Before\n*a&lt;b* Runs 3 · Took 1m\n*c* Runs 4 · Took 2m"
    long = replace_tables(Message("text", [build_table(("Job", "Runs"), [(NASTY, NASTY)] * 90)]))
    assert len(long.blocks) > 3
    assert all(len(block["text"]["text"]) <= 3000 for block in long.blocks)


def test_a_message_without_a_table_has_one_version() -> None:
    message = Message("text", [kit.section("Words")])
    assert list(build_fallbacks(message)) == [message]
