"""Deliveries that we have seen: Slack's event ids, CircleCI's webhook ids."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from bot.store.engine.statements import Repository
from bot.store.tables.workspaces import seen

ANNOUNCED = "announced:"
"""The prefix for a workflow whose end came by webhook."""


class ProcessedEventRepository(Repository):
    async def insert(self, delivery_id: str, now: datetime) -> bool:
        """True the first time, in whichever replica."""
        return await self._insert_if_new(seen, {"id": delivery_id[:200], "seen_at": now})

    async def prune(self, before: datetime) -> int:
        return (await self._connection.execute(delete(seen).where(seen.c.seen_at < before))).rowcount
