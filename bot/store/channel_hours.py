"""A channel's hours, as `/circle quiet` sets them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, select

from bot.rules import quiet_hours
from bot.rules.quiet_hours import QuietHours
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.quiet_times import hours

_OF_CHANNEL = select(hours).where(bind_columns(hours, "workspace", "channel"))
_OF_WORKSPACE = select(hours).where(bind_columns(hours, "workspace"))


class ChannelHoursRepository(Repository):
    async def find(self, workspace: str, channel: str) -> QuietHours | None:
        """None while nobody has set them."""
        here = {"workspace": workspace, "channel": channel}
        row = (await self._connection.execute(_OF_CHANNEL, here)).one_or_none()
        return _build_hours(row) if row else None

    async def upsert(self, workspace: str, channel: str, wanted: QuietHours) -> None:
        values = {"workspace": workspace, "channel": channel, **_to_columns(wanted)}
        await self._upsert(hours, values, ["workspace", "channel"])

    async def delete(self, workspace: str, channel: str) -> None:
        here = (hours.c.workspace == workspace) & (hours.c.channel == channel)
        await self._connection.execute(delete(hours).where(here))

    async def insert_zone(self, workspace: str, channel: str, zone: str) -> None:
        """The channel's time zone, unless it has one."""
        await self._insert_if_new(hours, {"workspace": workspace, "channel": channel, **_to_columns(QuietHours(zone))})

    async def list_workspaces(self) -> list[str]:
        """Those with channels that have hours."""
        return list(await self._connection.scalars(select(hours.c.workspace).distinct()))

    async def list_for_workspace(self, workspace: str) -> dict[str, QuietHours]:
        """By channel."""
        rows = await self._connection.execute(_OF_WORKSPACE, {"workspace": workspace})
        return {row.channel: _build_hours(row) for row in sorted(rows, key=lambda row: str(row.channel))}


def _to_columns(wanted: QuietHours) -> dict[str, Any]:
    quiet = quiet_hours.format_quiet_hours(wanted.quiet) if wanted.quiet else None
    return {"zone": wanted.zone, "quiet": quiet, "weekends": wanted.weekends}


def _build_hours(row: Row[Any]) -> QuietHours:
    return QuietHours(row.zone, quiet_hours.parse_quiet_hours(row.quiet) if row.quiet else None, row.weekends)
