"""Who is looking into a failure: on its card, and in its thread for those who were mentioned."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit, person_blocks
from bot.command import format_line
from bot.language import _, ngettext
from bot.messages import Looker, Message
from bot.mrkdwn import join_first
from bot.rules.mention_words import format_mention

_NAMED = 3


def format_lookers(lookers: Sequence[Looker]) -> str:
    """`@Grace is looking`."""
    names = [person_blocks.format_user(one.user) or _("somebody") for one in lookers]
    if not names:
        return ""
    people = join_first(names, _NAMED)
    return ngettext(":eyes: {people} is looking", ":eyes: {people} are looking", len(names), people=people)


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
