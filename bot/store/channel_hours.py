"""A channel's hours, as `/circle quiet` sets them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, select

from bot.rules import quiet_hours
from bot.rules.quiet_hours import Hours
from bot.store.engine.statements import Noun, given
from bot.store.tables.quiet import hours

_OF_CHANNEL = select(hours).where(given(hours, "workspace", "channel"))
_OF_WORKSPACE = select(hours).where(given(hours, "workspace"))


class ChannelHours(Noun):
    async def get(self, workspace: str, channel: str) -> Hours | None:
        """None while nobody has said anything of them."""
        here = {"workspace": workspace, "channel": channel}
        row = (await self._connection.execute(_OF_CHANNEL, here)).one_or_none()
        return _hours(row) if row else None

    async def set(self, workspace: str, channel: str, wanted: Hours) -> None:
        values = {"workspace": workspace, "channel": channel, **_said(wanted)}
        await self._upsert(hours, values, ["workspace", "channel"])

    async def forget(self, workspace: str, channel: str) -> None:
        here = (hours.c.workspace == workspace) & (hours.c.channel == channel)
        await self._connection.execute(delete(hours).where(here))

    async def propose(self, workspace: str, channel: str, zone: str) -> None:
        """The channel's time zone, unless it has one."""
        await self._insert_new(hours, {"workspace": workspace, "channel": channel, **_said(Hours(zone))})

    async def workspaces(self) -> list[str]:
        """Those with channels that have hours."""
        return list(await self._connection.scalars(select(hours.c.workspace).distinct()))

    async def of_workspace(self, workspace: str) -> dict[str, Hours]:
        """By channel."""
        rows = await self._connection.execute(_OF_WORKSPACE, {"workspace": workspace})
        return {row.channel: _hours(row) for row in sorted(rows, key=lambda row: str(row.channel))}


def _said(wanted: Hours) -> dict[str, Any]:
    quiet = quiet_hours.said(wanted.quiet) if wanted.quiet else None
    return {"zone": wanted.zone, "quiet": quiet, "weekends": wanted.weekends}


def _hours(row: Row[Any]) -> Hours:
    return Hours(row.zone, quiet_hours.span(row.quiet) if row.quiet else None, row.weekends)
