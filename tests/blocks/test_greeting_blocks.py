from __future__ import annotations

import pytest

from bot.blocks import greeting_blocks
from tests.plugins.block_kit import Check


@pytest.mark.parametrize(("name", "connected"), [("greeting", False), ("greeting_connected", True)])
def test_the_first_message_says_who_we_are_and_offers_three_things(
    golden: Check, valid_blocks: Check, name: str, *, connected: bool
) -> None:
    blocks = list(greeting_blocks.render_greeting("U1", connected=connected).blocks)
    valid_blocks(blocks)
    golden(name, blocks)
    assert len(blocks[-1]["elements"]) == 3
