"""What help shows first is the same for everybody, so that nobody looks at it again on its way to Slack."""

from __future__ import annotations

import pytest

from bot.blocks import help_blocks
from bot.blocks.table import build_fallbacks
from bot.commands import COMMANDS
from bot.language.spoken import speaking
from bot.messages import Message
from bot.slack.value_shortener import find_values, is_too_long


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("connected", [True, False])
def test_the_overview_holds_nothing_that_a_fixed_message_must_not(language: str, connected: bool) -> None:
    with speaking(language):
        blocks = help_blocks.render_overview(COMMANDS, connected=connected)
    values = list(find_values(blocks))
    assert values
    assert not any(map(is_too_long, values))
    assert "circleci/" not in str(blocks)
    assert len(list(build_fallbacks(Message("What I can do", blocks)))) == 1
