from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.blocks import greeting_blocks
from bot.blocks.first_steps_blocks import FirstSteps
from bot.domain.people import Account, AccountState
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_buttons

LOVELACE = Account(
    "T1", "U1", "id-of-ada", "ada", "Ada", AccountState.ACTIVE, datetime(2026, 11, 29, tzinfo=UTC), "CCIPAT_secret"
)
OVER = FirstSteps(LOVELACE, newest="p1", has_watched=True, has_acted=True, has_rule=True)


@pytest.mark.parametrize(
    ("name", "steps", "offered"),
    [
        ("greeting", FirstSteps(None), ["Connect CircleCI", "Take the Tour"]),
        ("greeting_connected", FirstSteps(LOVELACE), ["Subscribe…", "Take the Tour"]),
        ("greeting_begun", replace(OVER, has_acted=False), ["Trigger…", "Take the Tour"]),
        ("greeting_over", OVER, ["Trigger…", "Show Recent Pipelines"]),
    ],
)
def test_the_first_message_says_who_we_are_and_offers_three_things(
    golden: Check, valid_blocks: Check, name: str, steps: FirstSteps, offered: list[str]
) -> None:
    blocks = list(greeting_blocks.render_greeting("U1", steps).blocks)
    valid_blocks(blocks)
    golden(name, blocks)
    assert get_buttons({"blocks": blocks}) == [*offered, "Show What I Can Do"]
