"""Whom an outcome concerns, as a line below its headline: who started it, who broke it, and whom a rule names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.blocks import kit
from bot.messages import Message
from bot.mrkdwn import code
from bot.rules.mention_words import AUTHOR, BREAKER, reference


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody in a `part` (author, breaker, or "" for whom a rule names).

    `slack_id` is a person or a user group who is mentioned; without it they are called by their `login`. `number` is
    of the pipeline with which it broke, None where it is this one.
    """

    part: str
    slack_id: str | None = None
    login: str = ""
    number: int | None = None


def line(concerned: Sequence[Concerned]) -> str:
    """As mrkdwn; "" for nobody. It mentions: it belongs into a new message, once."""
    return " · ".join(_sentences(concerned))


def below(message: Message, concerned: Sequence[Concerned]) -> Message:
    """The message with that line below its headline, in what is drawn and in what is read out."""
    said = line(concerned)
    if not said:
        return message
    headline, *rest = message.blocks
    return Message(f"{message.text}\n{said}", [kit.section(f"{headline['text']['text']}\n{said}"), *rest])


def _sentences(concerned: Sequence[Concerned]) -> Iterator[str]:
    for one in concerned:
        if one.part == AUTHOR:
            yield f"{_who(one)} started it"
        if one.part == BREAKER:
            yield f"{_who(one)} broke it{f' with #{one.number}' if one.number else ''}"
    if named := [_who(one) for one in concerned if not one.part]:
        yield f"cc {' '.join(named)}"


def _who(one: Concerned) -> str:
    return reference(one.slack_id) if one.slack_id else code(one.login, 100)
