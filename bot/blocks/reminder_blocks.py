"""A reminder of holds, with the button that stops those to come; and that somebody stopped them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import hold_blocks, kit, pipeline_title
from bot.blocks.hold_blocks import Hold
from bot.command import format_line
from bot.language import _, ngettext
from bot.language.formats import format_duration, join_and
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.rules.durations import parse_span
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
    holds: Sequence[Hold], *, direct: bool = False, undo: Sequence[kit.Pressable] = ()
) -> Message:
    """For the person who did it, in a channel or a `direct` message. The holds are of one pipeline."""
    values = {
        "holds": _format_names(holds),
        "pipeline": pipeline_title.format_pipeline(holds[0].snapshot, holds[0].project),
    }
    if direct:
        text = _(":no_bell: This conversation is no longer reminded of {holds} — {pipeline}.", **values)
    else:
        text = _(":no_bell: This channel is no longer reminded of {holds} — {pipeline}.", **values)
    text = f"{text} {_format_still_waiting(holds)}"
    return kit.add_buttons(Message(text, [kit.section(text)] if undo else []), undo)


def format_moments(spans: Sequence[str]) -> str:
    """When a rule reminds of a hold: `after 2h and after 1d`."""
    waits = [format_duration(parse_span(span).total_seconds()) for span in spans]
    return join_and([_("after {duration}", duration=wait) for wait in waits])


def format_stop(user: str, holds: Sequence[Hold]) -> str:
    """For everybody, in the thread of the pipeline's card."""
    text = _(":no_bell: <@{user}> stopped the reminders of {holds}.", user=user, holds=_format_names(holds))
    return f"{text} {_format_still_waiting(holds)}"


def _format_names(holds: Sequence[Hold]) -> str:
    names = [as_code(each.job.name, 100) if each.job.name else _("a hold") for each in holds[:_MOST_NAMED]]
    more = len(holds) - len(names)
    return join_and([*names, ngettext("{count} more hold", "{count} more holds", more)] if more else names)


def _format_still_waiting(holds: Sequence[Hold]) -> str:
    return ngettext("It still waits.", "They still wait.", len(holds))
