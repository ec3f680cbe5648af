from __future__ import annotations

from bot.blocks.table import table
from bot.messages import Message
from bot.slack.responder import _as_view
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import text_of


def test_in_a_modal_a_table_becomes_lines(valid_blocks: Check) -> None:
    view = _as_view(Message("text", [table(("Job", "Runs"), [("lint", "3")])]))
    valid_blocks(view.blocks, "modal")
    assert text_of(list(view.blocks)) == "*lint* Runs 3"
