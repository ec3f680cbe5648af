"""Who is looking into a failure: on its card, and in its thread for those who were mentioned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.blocks import kit
from bot.command import format_line
from bot.language import _, ngettext
from bot.messages import Looker, Message
from bot.mrkdwn import cut, escape, join_first
from bot.rules.mention_words import format_mention

_NAMED = 3


def format_lookers(lookers: Sequence[Looker], called: Mapping[str, str] | None) -> str:
    """`@Grace is looking`; a new message notifies whom it mentions, so it has names as far as people are `called`."""
    names = [_format_name(one.user, called) for one in lookers]
    if not names:
        return ""
    people = join_first(names, _NAMED)
    return ngettext(":eyes: {people} is looking", ":eyes: {people} are looking", len(names), people=people)


def _format_name(user: str, called: Mapping[str, str] | None) -> str:
    name = called.get(user) if called is not None else None
    return cut(escape(name), 80) if name else format_mention(user)


def build_looking_button(pipeline_id: str, *, taken: bool = False) -> kit.Pressable:
    """Anybody may press it. Where it is `taken` somebody looks already: whoever does is released by it."""
    label = _("Join or Stop Looking") if taken else _("I'm Looking")
    return kit.button(label, format_line("looking", pipeline_id))


def render_announcement(user: str, mentioned: Sequence[str]) -> Message:
    """For the thread of the card: those who were mentioned in it see that somebody is on it."""
    mentions = " ".join(format_mention(one) for one in mentioned if one != user)
    who = format_mention(user)
    if mentions:
        return Message(_(":eyes: {who} is looking. cc {mentions}", who=who, mentions=mentions))
    return Message(_(":eyes: {who} is looking.", who=who))


def render_answer(where: str, pipeline_id: str, *, looking: bool) -> Message:
    """For the person alone; `where` is mrkdwn."""
    if not looking:
        text = _("You are no longer looking into {pipeline}.", pipeline=where)
        return Message(text, [kit.section(text), kit.actions([build_looking_button(pipeline_id)])])
    text = _(":eyes: You are looking into {pipeline}. The card says so until it passes.", pipeline=where)
    stop = kit.button(_("Stop Looking"), format_line("looking", pipeline_id, stop=True))
    return Message(text, [kit.section(text), kit.actions([stop])])
