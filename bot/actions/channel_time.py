"""A channel's hours, as they are or as they would be for whoever asks."""

from __future__ import annotations

from bot.command import Context
from bot.errors import UsageError
from bot.rules import quiet_hours
from bot.rules.quiet_hours import Hours


async def of(context: Context, channel: str) -> Hours:
    """Those of the channel; where it has none, a day in the person's own time zone."""
    async with context.store.read() as tx:
        known = await tx.hours.get(context.request.workspace, channel)
    return known or Hours(await own_zone(context) or Hours().zone)


async def own_zone(context: Context) -> str | None:
    """The person's time zone as Slack tells it; None where it does not, or where we do not know it."""
    name = await context.zone()
    try:
        return quiet_hours.zone(name) if name else None
    except UsageError:
        return None
