"""A channel's hours in words, and how to change them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.blocks import kit, status_blocks
from bot.command import format_line
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.rules import quiet_hours
from bot.rules.quiet_hours import QuietHours

_USUAL = "22:00-08:00"


def render(
    hours: QuietHours,
    quiet_until: datetime | None,
    waiting: int,
    *,
    changed: bool,
    place: str = "this channel",
    offers: Sequence[kit.Pressable] = (),
) -> Message:
    """Of a `place`: this channel, or this conversation.

    `waiting` is how much is kept for later, `quiet_until` when the quiet of now ends.
    """
    who = f":crescent_moon: From now on {place}" if changed else place.capitalize()
    text = f"{who} {format_hours(hours)}."
    return Message(
        text,
        [
            kit.section(text),
            kit.actions([*_buttons(hours), *offers]),
            kit.context(
                _format_now(quiet_until, waiting), f"Times are those of {as_code(hours.zone)}: `--zone` changes that."
            ),
            *([kit.context(_WHAT_IT_MEANS)] if hours.is_ever_quiet else []),
        ],
    )


def format_hours(hours: QuietHours) -> str:
    """`is quiet from 22:00 to 08:00 and at weekends`."""
    nights = f"from {hours.quiet[0]:%H:%M} to {hours.quiet[1]:%H:%M}" if hours.quiet else ""
    when = " and ".join(filter(None, [nights, "at weekends" if hours.weekends else ""]))
    return f"is quiet {when}" if when else "has no quiet hours"


_WHAT_IT_MEANS = (
    "What happens then is summarised in one message afterwards. Approvals are still asked for, and pipelines that "
    "people trigger still report."
)


def _format_now(quiet_until: datetime | None, waiting: int) -> str:
    quiet = f"It is quiet now, until {status_blocks.format_moment(quiet_until)}. " if quiet_until else ""
    kept = f"{waiting} thing{'' if waiting == 1 else 's'} wait{'s' if waiting == 1 else ''} to be told in a digest."
    return f"{quiet}{kept}" if waiting else quiet


def _buttons(hours: QuietHours) -> list[kit.Pressable]:
    if not hours.is_ever_quiet:
        return [
            kit.button(f"Keep Quiet {_USUAL}", format_line("quiet", _USUAL)),
            kit.button("Add Weekends", format_line("quiet", _USUAL, weekends=True)),
        ]
    end = kit.button("Turn Off Quiet Hours", format_line("quiet", none=True))
    if not hours.weekends:
        return [kit.button("Add Weekends", format_line("quiet", weekends=True)), end]
    nights = (
        [kit.button("Leave Out Weekends", format_line("quiet", quiet_hours.format_quiet_hours(hours.quiet)))]
        if hours.quiet
        else []
    )
    return [*nights, end]
