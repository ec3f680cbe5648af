"""Whom an outcome concerns, as a line below its headline: who started it, who broke it, and whom a rule names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.blocks import kit
from bot.blocks.person_blocks import format_user
from bot.language import _, ngettext
from bot.language.formats import join_and
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.naming import may_mention
from bot.rules.mention_words import AUTHOR, BREAKER, SHIPPED, format_mention, is_id
from bot.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class MentionTarget:
    """Somebody in a `role` (author, breaker, shipped, or "" for whom a rule names).

    `slack_id` is a person or a user group who is mentioned; without it they are called by their `login`. `number` is
    of the pipeline with which it broke, None where it is this one.
    """

    role: str
    slack_id: str | None = None
    login: str = ""
    number: int | None = None


def format_mentions(concerned: Sequence[MentionTarget], *, by_card: bool = False) -> str:
    """As mrkdwn; "" for nobody. It mentions: it belongs into a new message, once.

    Who started it a line `by_card` mentions without saying so: the card does.
    """
    return " · ".join(_sentences(concerned, by_card=by_card))


def add_mentions(message: Message, concerned: Sequence[MentionTarget], *, inline: bool = False) -> Message:
    """The message with that line below its headline, or behind it, in what is drawn and in what is read out."""
    said = format_mentions(concerned, by_card=inline)
    if not said:
        return message
    headline, *rest = message.blocks
    joint = " · " if inline else "\n"
    return Message(f"{message.text}{joint}{said}", [kit.section(f"{headline['text']['text']}{joint}{said}"), *rest])


def _sentences(concerned: Sequence[MentionTarget], *, by_card: bool) -> Iterator[str]:
    for one in concerned:
        if one.role == AUTHOR and not by_card:
            yield _("{person} started it", person=_format_person(one))
        if one.role == BREAKER:
            yield _format_breaker(one)
    if shipped := [_format_person(one) for one in concerned if one.role == SHIPPED]:
        yield _("with pushes by {people}", people=join_and(shipped))
    called = [one for one in concerned if not one.role or (by_card and one.role == AUTHOR and one.slack_id)]
    if named := [_format_person(one) for one in called]:
        yield _("cc {people}", people=" ".join(named))


def _format_breaker(one: MentionTarget) -> str:
    if one.number:
        return _("{person} broke it with #{number}", person=_format_person(one), number=one.number)
    return _("{person} broke it", person=_format_person(one))


def _format_person(one: MentionTarget) -> str:
    return format_mention(one.slack_id) if one.slack_id else as_code(one.login, 100)


def format_mentioned(rule: Rule) -> Iterator[str]:
    """Whom it mentions, for those who read the rule: where that would notify them (bot/naming.py), by name or count."""
    parts = {AUTHOR: _("the person who started it"), BREAKER: _("the person who broke it")}
    called = [parts.get(whom) or _format_named(whom) for whom in sorted(rule.mention, key=is_id)]
    people, others = [one for one in called if one], called.count("")
    if others:
        people.append(ngettext("{count} person or group", "{count} people or groups", others))
    if people:
        yield _("mentioning {people}", people=join_and(people))


def _format_named(slack_id: str) -> str:
    return format_mention(slack_id) if may_mention() else format_user(slack_id)
