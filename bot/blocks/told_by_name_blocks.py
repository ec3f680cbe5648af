"""Who was mentioned for a pipeline, and where, who was spared a second time, and what was written to you."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from bot.blocks import kit, status_blocks
from bot.blocks.me_blocks import format_topics
from bot.blocks.subscription_blocks import format_channel
from bot.conversation import is_direct
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
    title = _("*Who was mentioned or got a direct message*")
    return [kit.section("\n".join([title, *(f"• {line}" for line in lines[: 2 * _MOST])]))] if lines else []


def _format_mentions(heard: ToldByName) -> Iterator[str]:
    for one in heard.mentions[:_MOST]:
        if one.channel == heard.channel:
            yield _format_mention_here(one)
        else:
            yield _format_mention_elsewhere(one)
            if one.mentioned in heard.named_by_rules:
                yield _("I did not mention {person} here, because I had done so there.", person=_format_person(one))


def _format_mention_here(one: Mention) -> str:
    return _("I mentioned {person} here {ago}.", person=_format_person(one), ago=_format_ago(one))


def _format_mention_elsewhere(one: Mention) -> str:
    if is_direct(one.channel):
        return _("I mentioned {person} in a direct message {ago}.", person=_format_person(one), ago=_format_ago(one))
    return _(
        "I mentioned {person} in {channel} {ago}.",
        person=_format_person(one),
        channel=format_channel(one.channel),
        ago=_format_ago(one),
    )


def _format_person(one: Mention) -> str:
    return format_mention(one.mentioned)


def _format_ago(one: Mention) -> str:
    return status_blocks.format_ago(one.mentioned_at)


def _format_direct_messages(heard: ToldByName) -> Iterator[str]:
    for letter in heard.letters[:_MOST]:
        yield _format_direct_message(letter)
    unwanted = heard.mine - heard.wishes
    if heard.letters or not heard.mine:
        return
    if unwanted == heard.mine:
        yield _("You got no direct message. Turned off in `/circle me`: {topics}.", topics=format_topics(unwanted))
    elif heard.asked:
        yield _("You got no direct message: you asked for its card, and I post in the card's thread.")
    elif any(one.mentioned == heard.user for one in heard.mentions):
        yield _("You got no direct message: I mentioned you.")


def _format_direct_message(letter: DirectMessageState) -> str:
    if letter.state is OutboxState.SENT:
        return _("I sent you a direct message.")
    if letter.reason == "opted_out":
        return _("I did not send you a direct message: you had stopped these messages.")
    if letter.state is OutboxState.GONE:
        reason = as_code(letter.reason or "?", 60)
        return _("I could not send you a direct message. Slack says {reason}.", reason=reason)
    return _("A direct message to you is on its way.")
