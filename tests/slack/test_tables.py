from __future__ import annotations

from bot.blocks.table import build_table
from bot.command import Request, RequestSource
from bot.messages import Message
from bot.slack.responder import _as_modal
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text


def test_in_a_modal_a_table_becomes_lines(valid_blocks: Check) -> None:
    asked = Request("T1", "U1", "jobs", RequestSource.BUTTON, "key", view_title="Jobs")
    view = _as_modal(Message("text", [build_table(("Job", "Runs"), [("lint", "3")])]), asked)
    assert view.title == "Jobs"
    valid_blocks(view.blocks, "modal")
    assert get_text(list(view.blocks)) == "*lint* Runs 3"
