from __future__ import annotations

from bot.blocks.table import table
from bot.domain import Message
from bot.slack.screen import _as_view
from tests.plugins.blockkit import Check
from tests.plugins.reading import text_of


def test_in_a_modal_a_table_becomes_lines(valid_blocks: Check) -> None:
    view = _as_view(Message("text", [table(("Job", "Runs"), [("lint", "3")])]))
    valid_blocks(view.blocks, "modal")
    assert text_of(list(view.blocks)) == "*lint* Runs 3"
