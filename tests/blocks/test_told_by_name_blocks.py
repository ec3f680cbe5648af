from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.blocks.told_by_name_blocks import ToldByName, build_told_by_name
from bot.messages import DirectMessageState, Mention, OutboxState
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NOW

ADA_THERE = Mention("T1", "p1", "U0ADA", "w1:failed", "C0WEB", NOW)
NOBODY = ToldByName("U0ADA", "C0DEPLOYS", [], [], [])


def test_who_was_mentioned_where_and_who_was_spared(valid_blocks: Check) -> None:
    group = replace(ADA_THERE, mentioned="S0PLATFORM", channel="C0DEPLOYS")
    blocks = build_told_by_name(replace(NOBODY, mentions=[ADA_THERE, group], named_by_rules={"U0ADA", "S0PLATFORM"}))
    valid_blocks(blocks)
    text = get_text(blocks)
    assert "I mentioned <@U0ADA> in <#C0WEB>" in text
    assert "I did not mention <@U0ADA> here, because I had done so there." in text
    assert "I mentioned <!subteam^S0PLATFORM> here" in text
    assert "not mention <!subteam^S0PLATFORM>" not in text


@pytest.mark.parametrize(
    ("letter", "says"),
    [
        (DirectMessageState("dm:failed:p1:1", OutboxState.SENT, None), "I sent you a direct message."),
        (DirectMessageState("dm:failed:p1:1", OutboxState.QUEUED, None), "is on its way"),
        (DirectMessageState("dm:failed:p1:1", OutboxState.GONE, "opted_out"), "you had stopped these messages"),
        (
            DirectMessageState("dm:failed:p1:1", OutboxState.GONE, "user_disabled"),
            "could not send you a direct message. Slack says `user_disabled`",
        ),
    ],
)
def test_what_became_of_a_direct_message(letter: DirectMessageState, says: str) -> None:
    assert says in get_text(build_told_by_name(replace(NOBODY, letters=[letter], mine=frozenset({"failed"}))))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"wishes": frozenset({"recovered"})}, "Turned off in `/circle me`: *My failures*"),
        ({"wishes": frozenset({"failed"}), "asked": True}, "you asked for its card"),
        ({"wishes": frozenset({"failed"}), "mentions": [ADA_THERE]}, "I mentioned you"),
    ],
)
def test_why_somebody_got_none(more: dict[str, Any], says: str) -> None:
    assert says in get_text(build_told_by_name(replace(NOBODY, mine=frozenset({"failed"}), **more)))


def test_nothing_is_said_where_nobody_is_told_by_name() -> None:
    assert build_told_by_name(NOBODY) == []
