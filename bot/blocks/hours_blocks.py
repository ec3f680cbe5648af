"""A channel's hours in words, and how to change them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.blocks import kit, status_blocks
from bot.command import format_line
from bot.language import N_, _, ngettext
from bot.language.formats import join_and
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
    offers: Sequence[kit.Pressable] = (),
) -> Message:
    """`waiting` is how much is kept for later, `quiet_until` when the quiet of now ends."""
    text = _format_change(hours) if changed else format_here(hours)
    return Message(
        text,
        [
            kit.section(text),
            kit.actions([*_buttons(hours), *offers]),
            kit.context(
                _format_now(quiet_until, waiting),
                _("Times are those of {zone}: `--zone` changes that.", zone=as_code(hours.zone)),
            ),
            *([kit.context(_(_WHAT_IT_MEANS))] if hours.is_ever_quiet else []),
        ],
    )


def _format_change(hours: QuietHours) -> str:
    if not hours.is_ever_quiet:
        return _(":crescent_moon: From now on there are no quiet hours here.")
    return _(":crescent_moon: Quiet hours here from now on: {hours}.", hours=format_hours(hours))


def format_here(hours: QuietHours) -> str:
    if not hours.is_ever_quiet:
        return _("There are no quiet hours here.")
    return _("Quiet hours here: {hours}.", hours=format_hours(hours))


def format_hours(hours: QuietHours) -> str:
    """`22:00 to 08:00 and at weekends`; nothing where it is never quiet."""
    return join_and([*_format_nights(hours), *([_("at weekends")] if hours.weekends else [])])


def _format_nights(hours: QuietHours) -> Iterator[str]:
    if hours.quiet:
        begin, end = hours.quiet
        yield _("{begin} to {end}", begin=f"{begin:%H:%M}", end=f"{end:%H:%M}")


_WHAT_IT_MEANS = N_(
    "What happens then is summarised in one message afterwards. Approvals are still asked for, and pipelines that "
    "people trigger still report."
)


def _format_now(quiet_until: datetime | None, waiting: int) -> str:
    quiet = (
        _("It is quiet now, until {moment}.", moment=status_blocks.format_moment(quiet_until)) if quiet_until else ""
    )
    kept = ngettext("{count} message waits for the digest.", "{count} messages wait for the digest.", waiting)
    return " ".join(filter(None, [quiet, kept if waiting else ""]))


def _buttons(hours: QuietHours) -> list[kit.Pressable]:
    if not hours.is_ever_quiet:
        return [
            kit.button(_("Keep Quiet {hours}", hours=_USUAL), format_line("quiet", _USUAL)),
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
