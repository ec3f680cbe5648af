"""quiet [HOURS] [--weekends] [--zone ZONE] [--none] — the hours in which nothing is posted here; it follows after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from functools import partial

from bot.actions import channel_announcement, channel_rights, channel_time, reachability, thing_states
from bot.actions.channel_announcement import Announcement, Told
from bot.blocks import announcement_blocks, hours_blocks
from bot.command import Access, Command, Context, Group, ParsedLine, Reply
from bot.errors import Mistakes, UsageError
from bot.language import N_, _
from bot.rules import quiet_hours
from bot.rules.muting import DeferralReason
from bot.rules.quiet_hours import QuietHours
from bot.rules.undoable_change import Thing, ThingKind


@dataclass(frozen=True, slots=True)
class QuietArgs:
    """What is to be changed; with nothing of it the hours are shown."""

    hours: tuple[time, time] | None = None
    weekends: bool = False
    zone: str | None = None
    none: bool = False

    @property
    def is_bare(self) -> bool:
        return self == QuietArgs()


def parse(line: ParsedLine) -> QuietArgs:
    if line.has_flag("none") and line.words:
        raise UsageError(_("Hours, or `--none`: not both."))
    mistakes = Mistakes()
    hours = mistakes.collect(lambda: _parse_hours(line), None)
    zone = mistakes.collect(lambda: _parse_zone(line.get_value("zone")), None)
    mistakes.check()
    return QuietArgs(hours, line.has_flag("weekends"), zone, line.has_flag("none"))


def _parse_hours(line: ParsedLine) -> tuple[time, time] | None:
    return quiet_hours.parse_quiet_hours(" ".join(line.words)) if line.words else None


def _parse_zone(text: str | None) -> str | None:
    return None if text is None else quiet_hours.parse_zone(text)


async def run(context: Context, args: QuietArgs) -> Reply:
    request = context.request
    channel = request.channel or request.user
    before = await channel_time.load_hours(context, channel)
    wanted = _build_hours(before, args)
    told = Told() if args.is_bare else await _change_hours(context, before, wanted)
    quiet_until = wanted.find_quiet_end(context.clock.now())
    async with context.store.begin_read() as tx:
        is_told = not (args.is_bare or quiet_until)  # What waited for the end of the quiet comes at once.
        waiting = 0 if is_told else await tx.digest_queue.count_waiting(request.workspace, channel)
    drawn = hours_blocks.render(
        wanted,
        quiet_until,
        waiting,
        changed=not args.is_bare,
        offers=announcement_blocks.build_undo_row(told.undo),
    )
    return Reply(drawn, seen=told.seen)


async def _change_hours(context: Context, before: QuietHours, wanted: QuietHours) -> Told:
    """Written down, and what is told of it."""
    place, now, told = context.request.place, context.clock.now(), Told()
    reachability.check_reachable(context, place.channel)
    await channel_rights.check_change(context, place.channel)
    async with context.store.begin() as tx:
        was = await thing_states.load_states(tx, place, [Thing(ThingKind.HOURS)], now)
        await tx.hours.upsert(*place, wanted)
        await tx.digest_queue.make_due(*place, DeferralReason.QUIET, now=now)
        changes = await thing_states.list_changes(tx, place, was, now)
        if changes and wanted != before:
            text = partial(announcement_blocks.format_hours_changed, context.request.user, wanted)
            said = Announcement(act="quiet", text=text)
            told = await channel_announcement.announce(tx, context, place.channel, changes=changes, said=said)
    context.wake()
    return told


def _build_hours(before: QuietHours, args: QuietArgs) -> QuietHours:
    """Hours are said as a whole; weekends or a zone alone leave the rest as it is."""
    after = replace(before, zone=args.zone or before.zone)
    if args.none:
        return replace(after, quiet=None, weekends=args.weekends)
    if args.hours:
        return replace(after, quiet=args.hours, weekends=args.weekends)
    return replace(after, weekends=after.weekends or args.weekends)


COMMAND = Command(
    name="quiet",
    summary=N_("Sets or shows the hours in which nothing is posted here"),
    usage="quiet [HOURS] [--weekends] [--zone ZONE] [--none]",
    example="quiet 22:00-08:00 --zone Europe/Berlin",
    parse=parse,
    run=run,
    is_change=lambda args: not args.is_bare,
    group=Group.RULES,
    access=Access.ANYONE,
)
