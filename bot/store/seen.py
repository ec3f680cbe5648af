"""Deliveries that we have seen: Slack's event ids, CircleCI's webhook ids."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from bot.store.rows import Noun
from bot.store.tables import seen

ANNOUNCED = "announced:"
"""Before the id of a workflow whose end a webhook has told us."""


class Seen(Noun):
    async def first(self, delivery_id: str, now: datetime) -> bool:
        """True the first time, in whichever replica."""
        return await self._insert_new(seen, {"id": delivery_id[:200], "seen_at": now})

    async def prune(self, before: datetime) -> int:
        return (await self._connection.execute(delete(seen).where(seen.c.seen_at < before))).rowcount
