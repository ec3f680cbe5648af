from __future__ import annotations

from bot.blocks.error_blocks import blocks
from bot.command import line
from bot.errors import NotThere, Step
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import text_of


def _asked(count: int) -> NotThere:
    workflow = "00000000-0000-4000-8000-000000001001"
    return NotThere(
        "Which one?", *(Step(f"Approve {number}", line("approve", workflow, str(number))) for number in range(count))
    )


def test_a_few_next_steps_are_buttons_and_many_a_menu_that_leaves_none_out(valid_blocks: Check) -> None:
    for count in (2, 8, 30):
        drawn = blocks(_asked(count))
        valid_blocks(drawn)
        assert all(f"Approve {number}" in text_of(drawn) for number in range(count))
    assert [element["type"] for element in blocks(_asked(30))[-1]["elements"]] == ["static_select"]


def test_more_than_a_menu_holds_are_counted(valid_blocks: Check) -> None:
    drawn = blocks(_asked(200))
    valid_blocks(drawn)
    held = len(drawn[-1]["elements"][0]["options"])
    assert f"There are {200 - held} more: name it." in text_of(drawn)


def test_connecting_stands_out(valid_blocks: Check) -> None:
    drawn = blocks(NotThere("I do not know you yet.", Step("Connect CircleCI", line("connect"))))
    valid_blocks(drawn)
    assert drawn[-1]["elements"][0]["style"] == "primary"
