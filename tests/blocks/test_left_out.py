from __future__ import annotations

import pytest

from bot.blocks import kit, left_out
from bot.command import Modal, Reply, format_line
from bot.messages import Message
from tests.plugins.block_kit import Check

LIST = [kit.section("one"), kit.actions([kit.button("Next", format_line("recent"))])]


def test_a_list_that_is_whole_says_nothing() -> None:
    reply = Reply(Message("list", LIST))
    assert left_out.add_note(reply, 0) is reply


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "One thing from CircleCI that I cannot read is left out."),
        (3, "3 things from CircleCI that I cannot read are left out."),
    ],
)
def test_what_is_missing_is_said_above_the_buttons(count: int, said: str, valid_blocks: Check) -> None:
    message = left_out.add_note(Reply(Message("list", LIST)), count).message
    assert message
    valid_blocks(message.blocks)
    assert [block["type"] for block in message.blocks] == ["section", "context", "actions"]
    assert message.blocks[1]["elements"][0]["text"].endswith(said)


def test_a_modal_says_it_too_and_one_without_room_stays_as_it_is() -> None:
    view = left_out.add_note(Reply(view=Modal("List", LIST)), 2).view
    assert view
    assert len(view.blocks) == 3
    full = Reply(Message("list", [kit.section("one")] * 50))
    assert left_out.add_note(full, 2) == full
