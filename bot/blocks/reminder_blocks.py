"""A reminder of holds, with the button that stops those to come; and that somebody stopped them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import hold_blocks, kit, pipeline_title
from bot.blocks.hold_blocks import Hold
from bot.command import format_line
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.rules.hold_resolution import parse_job_id

_MOST_NAMED = 10


def render(holds: Sequence[Message], pipeline_id: str, to_come: Sequence[str]) -> Message:
    """`holds` as they are told, in one message; `to_come` are the keys of those that are to be reminded of again."""
    message = hold_blocks.merge_messages(holds)
    if not to_come:
        return message
    stop = kit.button(
        _("Stop Reminding"), format_line("mute", pipeline_id, *map(parse_job_id, to_come), reminders=True)
    )
    apart = [kit.divider()] if len(holds) > 1 else []
    return Message(message.text, [*message.blocks, *apart, kit.actions([stop])])


def render_stop_confirmation(
    holds: Sequence[Hold], place: str = N_("this channel"), undo: Sequence[kit.Pressable] = ()
) -> Message:
    """For the person who did it. The holds are of one pipeline."""
    where = pipeline_title.format_pipeline(holds[0].snapshot, holds[0].project)
    text = _(
        ":no_bell: {place} is no longer reminded of {names} — {where}. {still_waiting}",
        place=place.capitalize(),
        names=_format_names(holds),
        where=where,
        still_waiting=_format_still_waiting(holds),
    )
    return kit.add_buttons(Message(text, [kit.section(text)] if undo else []), undo)


def format_stop(user: str, holds: Sequence[Hold]) -> str:
    """For everybody, in the thread of the pipeline's card."""
    return _(
        ":no_bell: <@{user}> stopped the reminders of {names}. {still_waiting}",
        user=user,
        names=_format_names(holds),
        still_waiting=_format_still_waiting(holds),
    )


def _format_names(holds: Sequence[Hold]) -> str:
    names = [as_code(each.job.name, 100) if each.job.name else "a hold" for each in holds[:_MOST_NAMED]]
    more = len(holds) - len(names)
    *first, last = [*names, _("{more} more", more=more)] if more else names
    return _("{first} and {last}", first=", ".join(first), last=last) if first else last


def _format_still_waiting(holds: Sequence[Hold]) -> str:
    return _("It goes on waiting.") if len(holds) == 1 else _("They go on waiting.")
