"""quiet [HOURS] [--weekends] [--zone ZONE] [--none] — the hours in which nothing is posted here; it follows after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time

from bot.actions import channel_announcement, channel_time, reachability
from bot.blocks import announcement_blocks, hours_blocks
from bot.command import Access, Command, Context, Group, ParsedLine, Reply
from bot.conversation import format_place
from bot.errors import UsageError
from bot.mrkdwn import as_code
from bot.rules import quiet_hours
from bot.rules.muting import DeferralReason
from bot.rules.quiet_hours import QuietHours


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
    if len(line.words) > 1:
        raise UsageError(
            f"I do not know what {as_code(line.words[1], 100)} is for.", "Hours are one word: `22:00-08:00`."
        )
    if line.has_flag("none") and line.words:
        raise UsageError("Hours, or `--none`: not both.")
    zone = line.get_value("zone")
    return QuietArgs(
        hours=quiet_hours.parse_quiet_hours(line.words[0]) if line.words else None,
        weekends=line.has_flag("weekends"),
        zone=quiet_hours.parse_zone(zone) if zone is not None else None,
        none=line.has_flag("none"),
    )


async def run(context: Context, args: QuietArgs) -> Reply:
    request = context.request
    channel = request.channel or request.user
    before = await channel_time.load_hours(context, channel)
    wanted = _build_hours(before, args)
    if not args.is_bare:
        reachability.check_reachable(context, channel)
        async with context.store.begin() as tx:
            await tx.hours.upsert(request.workspace, channel, wanted)
            await tx.digest_queue.make_due(request.workspace, channel, DeferralReason.QUIET, now=context.clock.now())
            if wanted != before:
                await channel_announcement.announce(
                    tx,
                    context,
                    channel,
                    message=announcement_blocks.render_hours_changed(request.user, before, wanted),
                    what="quiet",
                )
        context.wake()
    async with context.store.begin_read() as tx:
        waiting = await tx.digest_queue.count_waiting(request.workspace, channel)
    now = context.clock.now()
    return Reply(
        hours_blocks.render(
            wanted, wanted.find_quiet_end(now), waiting, changed=not args.is_bare, place=format_place(channel)
        )
    )


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
    summary="Sets or shows the hours in which nothing is posted here",
    usage="quiet [HOURS] [--weekends] [--zone ZONE] [--none]",
    example="quiet 22:00-08:00 --zone Europe/Berlin",
    parse=parse,
    run=run,
    is_change=lambda args: not args.is_bare,
    group=Group.RULES,
    access=Access.ANYONE,
)
