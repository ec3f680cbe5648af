"""Processes that listen to Slack: each says now and then that it is there, and what reached it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select

from bot.domain.arrivals import Listener
from bot.store.engine.statements import Repository
from bot.store.tables.workspaces import listeners

PROBE = "circlebot-doctor"
"""The row of a process that only tries whether the database takes anything."""


class ListenerRepository(Repository):
    async def upsert(self, listener: Listener) -> None:
        await self._upsert(listeners, asdict(listener), ["holder"])

    async def list_all(self) -> list[Listener]:
        """The one that was seen last first."""
        rows = await self._connection.execute(
            select(listeners).where(listeners.c.holder != PROBE).order_by(listeners.c.seen_at.desc())
        )
        return [Listener(row.holder, row.seen_at, row.connections, row.heard_at, row.refused_at) for row in rows]

    async def delete(self, holder: str) -> None:
        await self._connection.execute(delete(listeners).where(listeners.c.holder == holder))

    async def prune(self, before: datetime) -> None:
        """Forget those that were not seen since."""
        await self._connection.execute(delete(listeners).where(listeners.c.seen_at < before))
