from __future__ import annotations

from bot.blocks import kit
from bot.blocks.mention_blocks import MentionTarget, add_mentions, format_mentions
from bot.messages import Message
from tests.plugins.block_kit import Check
from tests.plugins.factories import NASTY

EVERYBODY = [
    MentionTarget("breaker", "U0GRACE", "grace", 341),
    MentionTarget("author", None, NASTY),
    MentionTarget("", "S0PLATFORM"),
    MentionTarget("", "U0EVE"),
]


def test_everybody_has_their_part_and_a_strange_login_mentions_nobody() -> None:
    said = format_mentions(EVERYBODY)
    assert said.startswith("<@U0GRACE> broke it with #341 · `Ping &lt;!channel&gt; &amp; &lt;@U0GRACE&gt; 'now'")
    assert said.endswith("started it · cc <!subteam^S0PLATFORM> <@U0EVE>")
    assert format_mentions([MentionTarget("breaker", None, "lin")]) == "`lin` broke it"


def test_a_line_by_its_card_does_not_say_again_who_started_it() -> None:
    author = MentionTarget("author", "U0LIN", "lin")
    shipped = [MentionTarget("shipped", "U0ADA", "ada"), MentionTarget("shipped", None, "grace")]
    assert format_mentions([author, *shipped]) == "<@U0LIN> started it · with pushes by <@U0ADA> and `grace`"
    assert format_mentions([author, *EVERYBODY[2:]], by_card=True) == "cc <@U0LIN> <!subteam^S0PLATFORM> <@U0EVE>"
    assert format_mentions(EVERYBODY[:2], by_card=True) == "<@U0GRACE> broke it with #341"


def test_text_and_blocks_mention_the_same_below_the_headline(valid_blocks: Check) -> None:
    message = add_mentions(Message("It failed", [kit.section("It *failed*"), kit.divider()]), EVERYBODY[:1])
    valid_blocks(list(message.blocks))
    assert message.text == "It failed\n<@U0GRACE> broke it with #341"
    assert message.blocks[0]["text"]["text"] == "It *failed*\n<@U0GRACE> broke it with #341"
    assert [block["type"] for block in message.blocks] == ["section", "divider"]


def test_where_nobody_is_concerned_the_message_stays() -> None:
    message = Message("It failed", [kit.section("It failed")])
    assert add_mentions(message, []) is message
