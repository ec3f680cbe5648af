"""quiet [HOURS] [--weekends] [--zone ZONE] [--none] — when this channel wants no news; what happened is told after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time

from bot.actions import channel_announcement, channel_time, reachability
from bot.blocks import announcement_blocks, hours_blocks
from bot.command import Access, Command, Context, Group, Line, Reply
from bot.conversation import here
from bot.errors import UsageError
from bot.mrkdwn import code
from bot.rules import quiet_hours
from bot.rules.placement import QUIET
from bot.rules.quiet_hours import Hours


@dataclass(frozen=True, slots=True)
class Args:
    """What is to be changed; with nothing of it the hours are shown."""

    hours: tuple[time, time] | None = None
    weekends: bool = False
    zone: str | None = None
    none: bool = False

    @property
    def bare(self) -> bool:
        return self == Args()


def parse(said: Line) -> Args:
    if len(said.words) > 1:
        raise UsageError(f"I do not know what {code(said.words[1], 100)} is for.", "Hours are one word: `22:00-08:00`.")
    if said.flag("none") and said.words:
        raise UsageError("Hours, or `--none`: not both.")
    zone = said.option("zone")
    return Args(
        hours=quiet_hours.span(said.words[0]) if said.words else None,
        weekends=said.flag("weekends"),
        zone=quiet_hours.zone(zone) if zone is not None else None,
        none=said.flag("none"),
    )


async def run(context: Context, args: Args) -> Reply:
    request = context.request
    channel = request.channel or request.user
    before = await channel_time.of(context, channel)
    wanted = _changed(before, args)
    if not args.bare:
        reachability.check_heard(context, channel)
        async with context.store.begin() as tx:
            await tx.hours.set(request.workspace, channel, wanted)
            await tx.kept.hurry(request.workspace, channel, QUIET, context.clock.now())
            if wanted != before:
                await channel_announcement.say(
                    tx, context, channel, announcement_blocks.hours(request.user, before, wanted), what="quiet"
                )
        context.nudge()
    async with context.store.read() as tx:
        waiting = await tx.kept.waiting(request.workspace, channel)
    now = context.clock.now()
    return Reply(
        hours_blocks.told(wanted, wanted.quiet_until(now), waiting, changed=not args.bare, place=here(channel))
    )


def _changed(before: Hours, args: Args) -> Hours:
    """Hours are said as a whole; weekends or a zone alone leave the rest as it is."""
    after = replace(before, zone=args.zone or before.zone)
    if args.none:
        return replace(after, quiet=None, weekends=args.weekends)
    if args.hours:
        return replace(after, quiet=args.hours, weekends=args.weekends)
    return replace(after, weekends=after.weekends or args.weekends)


COMMAND = Command(
    name="quiet",
    summary="Sets when this channel wants no news, or shows it",
    usage="quiet [HOURS] [--weekends] [--zone ZONE] [--none]",
    example="quiet 22:00-08:00 --zone Europe/Berlin",
    parse=parse,
    run=run,
    changes=lambda args: not args.bare,
    group=Group.RULES,
    access=Access.ANYONE,
)
