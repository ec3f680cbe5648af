"""Who is looking into a failure: on its card, and in its thread for those who were mentioned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.blocks import kit
from bot.command import format_line
from bot.language import _
from bot.messages import Looker, Message
from bot.mrkdwn import cut, escape, join_first
from bot.rules.mention_words import format_mention

_NAMED = 3


def format_lookers(lookers: Sequence[Looker], called: Mapping[str, str] | None) -> str:
    """`@Grace is looking`; a new message notifies whom it mentions, so it has names as far as people are `called`."""
    names = [_format_name(one.user, called) for one in lookers]
    return (
        _(
            ":eyes: {join_first} {count} looking",
            join_first=join_first(names, _NAMED),
            count="is" if len(names) == 1 else "are",
        )
        if names
        else ""
    )


def _format_name(user: str, called: Mapping[str, str] | None) -> str:
    name = called.get(user) if called is not None else None
    return cut(escape(name), 80) if name else format_mention(user)


def build_looking_button(pipeline_id: str) -> kit.Pressable:
    """Anybody may press it, and whoever looks already is released by it."""
    return kit.button("I'm Looking", format_line("looking", pipeline_id))


def render_announcement(user: str, mentioned: Sequence[str]) -> Message:
    """For the thread of the card: those who were called to it hear that somebody is on it."""
    told = " ".join(format_mention(one) for one in mentioned if one != user)
    return Message(
        _(
            ":eyes: {mention} is looking.{value}",
            mention=format_mention(user),
            value=_(" cc {told}", told=told) if told else "",
        )
    )


def render_answer(where: str, pipeline_id: str, *, looking: bool) -> Message:
    """For the person alone; `where` is mrkdwn."""
    if not looking:
        text = _("You are no longer looking into {where}.", where=where)
        return Message(text, [kit.section(text), kit.actions([build_looking_button(pipeline_id)])])
    text = _(":eyes: You are looking into {where}. The card says so until it passes.", where=where)
    stop = kit.button(_("Stop Looking"), format_line("looking", pipeline_id, stop=True))
    return Message(text, [kit.section(text), kit.actions([stop])])
