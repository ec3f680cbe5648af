"""Who was told of a pipeline by name: mentioned where, who was spared a second time, and what was written to you."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from bot.blocks import kit, status_blocks
from bot.blocks.me_blocks import format_topics
from bot.blocks.subscription_blocks import format_channel
from bot.language import _
from bot.messages import DirectMessageState, Mention, OutboxState
from bot.mrkdwn import as_code
from bot.rules.mention_words import format_mention

_MOST = 10


@dataclass(frozen=True, slots=True)
class ToldByName:
    """As one person may know it.

    `mentions` are those of the pipeline in this workspace, `named_by_rules` whom the rules of this channel name for it.
    `letters` are the person's own; `mine` are the topics of which they might have had one, `wishes` those they want.
    `asked` says that they asked for a card of it.
    """

    user: str
    channel: str
    mentions: Sequence[Mention]
    named_by_rules: Collection[str]
    letters: Sequence[DirectMessageState]
    mine: frozenset[str] = frozenset()
    wishes: frozenset[str] = frozenset()
    asked: bool = False


def build_told_by_name(heard: ToldByName) -> list[kit.Block]:
    """Nothing where nobody is told by name. Only the person may read it: it mentions."""
    lines = [*_format_mentions(heard), *_format_direct_messages(heard)]
    return [kit.section("\n".join([_("*Who was told by name*"), *lines[: 2 * _MOST]]))] if lines else []


def _format_mentions(heard: ToldByName) -> Iterator[str]:
    for one in heard.mentions[:_MOST]:
        yield (
            _(
                "• {mention} was mentioned {place} {ago}.",
                mention=format_mention(one.mentioned),
                place=_format_place(heard, one),
                ago=status_blocks.format_ago(one.mentioned_at),
            )
        )
        if one.mentioned in heard.named_by_rules and one.channel != heard.channel:
            yield (
                _(
                    "• {mention} was not mentioned here: already mentioned {place}.",
                    mention=format_mention(one.mentioned),
                    place=_format_place(heard, one),
                )
            )


def _format_place(heard: ToldByName, one: Mention) -> str:
    return "here" if one.channel == heard.channel else _("in {channel}", channel=format_channel(one.channel))


def _format_direct_messages(heard: ToldByName) -> Iterator[str]:
    for letter in heard.letters[:_MOST]:
        yield f"• {_format_direct_message(letter)}"
    unwanted = heard.mine - heard.wishes
    if heard.letters or not heard.mine:
        return
    if unwanted == heard.mine:
        yield _("• You got no direct message. Off in `/circle me`: {topics}.", topics=format_topics(unwanted))
    elif heard.asked:
        yield _("• You got no direct message: you asked for its card, whose thread tells you.")
    elif any(one.mentioned == heard.user for one in heard.mentions):
        yield _("• You got no direct message: you were mentioned.")


def _format_direct_message(letter: DirectMessageState) -> str:
    if letter.state is OutboxState.SENT:
        return _("You were told by direct message.")
    if letter.reason == "opted_out":
        return _("A direct message to you was not sent: you had stopped these messages.")
    if letter.state is OutboxState.GONE:
        return _(
            "A direct message to you could not be sent. Slack said {reason}.", reason=as_code(letter.reason or "?", 60)
        )
    return _("A direct message to you is on its way.")
