"""Who was told of a pipeline by name: mentioned where, who was spared a second time, and what was written to you."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from bot.blocks import kit, status_blocks
from bot.blocks.me_blocks import labels
from bot.blocks.subscription_blocks import place
from bot.mrkdwn import code
from bot.rules.mention_words import reference
from bot.store.mentions import Mention
from bot.store.outbox import Letter

_MOST = 10


@dataclass(frozen=True, slots=True)
class Heard:
    """As one person may know it.

    `mentions` are those of the pipeline in this workspace, `wanted` whom the rules of this channel name for it.
    `letters` are the person's own; `mine` are the topics of which they might have had one, `wishes` those they want.
    `asked` says that they asked for a card of it.
    """

    user: str
    channel: str
    mentions: Sequence[Mention]
    wanted: Collection[str]
    letters: Sequence[Letter]
    mine: frozenset[str] = frozenset()
    wishes: frozenset[str] = frozenset()
    asked: bool = False


def shown(heard: Heard) -> list[kit.Block]:
    """Nothing where nobody is told by name. Only the person may read it: it mentions."""
    lines = [*_mentioned(heard), *_letters(heard)]
    return [kit.section("\n".join(["*Who was told by name*", *lines[: 2 * _MOST]]))] if lines else []


def _mentioned(heard: Heard) -> Iterator[str]:
    for one in heard.mentions[:_MOST]:
        yield f"• {reference(one.mentioned)} was mentioned {_there(heard, one)} {status_blocks.ago(one.mentioned_at)}."
        if one.mentioned in heard.wanted and one.channel != heard.channel:
            yield f"• {reference(one.mentioned)} was not mentioned here: already mentioned {_there(heard, one)}."


def _there(heard: Heard, one: Mention) -> str:
    return "here" if one.channel == heard.channel else f"in {place(one.channel)}"


def _letters(heard: Heard) -> Iterator[str]:
    for letter in heard.letters[:_MOST]:
        yield f"• {_letter(letter)}"
    unwanted = heard.mine - heard.wishes
    if heard.letters or not heard.mine:
        return
    if unwanted == heard.mine:
        yield f"• You got no direct message: you want none about {labels(unwanted)} (`/circle me`)."
    elif heard.asked:
        yield "• You got no direct message: you asked for its card, whose thread tells you."
    elif any(one.mentioned == heard.user for one in heard.mentions):
        yield "• You got no direct message: you were mentioned."


def _letter(letter: Letter) -> str:
    if letter.state == "sent":
        return "You were told by direct message."
    if letter.reason == "opted_out":
        return "A direct message to you was not sent any more: you had stopped these messages."
    if letter.state == "gone":
        return f"A direct message to you could not be sent. Slack said {code(letter.reason or '?', 60)}."
    return "A direct message to you is on its way."
