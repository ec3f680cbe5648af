"""A channel's hours, as they are, or as they would be for the person who asks."""

from __future__ import annotations

from bot.command import Context
from bot.errors import UsageError
from bot.rules import quiet_hours
from bot.rules.quiet_hours import QuietHours


async def load_hours(context: Context, channel: str) -> QuietHours:
    """Those of the channel; where it has none, a day in the person's own time zone."""
    async with context.store.begin_read() as tx:
        known = await tx.hours.find(context.request.workspace, channel)
    return known or QuietHours(await find_own_zone(context) or QuietHours().zone)


async def find_own_zone(context: Context) -> str | None:
    """The person's time zone as Slack tells it; None where it does not, or where we do not know it."""
    name = (await context.profile()).zone
    try:
        return quiet_hours.parse_zone(name) if name else None
    except UsageError:
        return None
