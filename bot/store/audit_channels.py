"""Channels that get the record as it is written, or where its chain ends, once a day."""

from __future__ import annotations

from sqlalchemy import select

from bot.conversation import Place
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.audit_chains import audit_channels

_LIVE = select(audit_channels.c.channel).where(bind_columns(audit_channels, "workspace"), audit_channels.c.live)
_DAILY = select(audit_channels).where(audit_channels.c.daily)


class AuditChannelRepository(Repository):
    async def set_live(self, workspace: str, channel: str, *, live: bool) -> None:
        await self._upsert(
            audit_channels, {"workspace": workspace, "channel": channel, "live": live}, ["workspace", "channel"]
        )

    async def set_daily(self, workspace: str, channel: str, *, daily: bool) -> None:
        await self._upsert(
            audit_channels, {"workspace": workspace, "channel": channel, "daily": daily}, ["workspace", "channel"]
        )

    async def list_live(self, workspace: str) -> list[str]:
        """The channels of a workspace that get each row."""
        return list(await self._connection.scalars(_LIVE, {"workspace": workspace}))

    async def list_daily(self) -> list[Place]:
        """Where the end of a chain is told once a day."""
        return [Place(row.workspace, row.channel) for row in await self._connection.execute(_DAILY)]
