"""A channel's hours in words, and how to change them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.blocks import kit, status_blocks
from bot.command import format_line
from bot.language import N_, _
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
    place: str = N_("this channel"),
    offers: Sequence[kit.Pressable] = (),
) -> Message:
    """Of a `place`: this channel, or this conversation.

    `waiting` is how much is kept for later, `quiet_until` when the quiet of now ends.
    """
    who = _(":crescent_moon: From now on {place}", place=place) if changed else place.capitalize()
    text = f"{who} {format_hours(hours)}."
    return Message(
        text,
        [
            kit.section(text),
            kit.actions([*_buttons(hours), *offers]),
            kit.context(
                _format_now(quiet_until, waiting),
                _("Times are those of {zone}: `--zone` changes that.", zone=as_code(hours.zone)),
            ),
            *([kit.context(_WHAT_IT_MEANS)] if hours.is_ever_quiet else []),
        ],
    )


def format_hours(hours: QuietHours) -> str:
    """`is quiet from 22:00 to 08:00 and at weekends`."""
    nights = (
        _("from {quiet} to {quiet_2}", quiet=f"{hours.quiet[0]:%H:%M}", quiet_2=f"{hours.quiet[1]:%H:%M}")
        if hours.quiet
        else ""
    )
    when = " and ".join(filter(None, [nights, _("at weekends") if hours.weekends else ""]))
    return _("is quiet {when}", when=when) if when else _("has no quiet hours")


_WHAT_IT_MEANS = N_(
    "What happens then is summarised in one message afterwards. Approvals are still asked for, and pipelines that "
    "people trigger still report."
)


def _format_now(quiet_until: datetime | None, waiting: int) -> str:
    quiet = (
        _("It is quiet now, until {moment}. ", moment=status_blocks.format_moment(quiet_until)) if quiet_until else ""
    )
    kept = _(
        "{waiting} thing{waiting_2} wait{waiting_3} to be told in a digest.",
        waiting=waiting,
        waiting_2="" if waiting == 1 else "s",
        waiting_3="s" if waiting == 1 else "",
    )
    return f"{quiet}{kept}" if waiting else quiet


def _buttons(hours: QuietHours) -> list[kit.Pressable]:
    if not hours.is_ever_quiet:
        return [
            kit.button(_("Keep Quiet {usual}", usual=_USUAL), format_line("quiet", _USUAL)),
            kit.button(_("Add Weekends"), format_line("quiet", _USUAL, weekends=True)),
        ]
    end = kit.button(_("Turn Off Quiet Hours"), format_line("quiet", none=True))
    if not hours.weekends:
        return [kit.button(_("Add Weekends"), format_line("quiet", weekends=True)), end]
    nights = (
        [kit.button(_("Leave Out Weekends"), format_line("quiet", quiet_hours.format_quiet_hours(hours.quiet)))]
        if hours.quiet
        else []
    )
    return [*nights, end]
