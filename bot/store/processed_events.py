"""Deliveries that we have seen: Slack's event ids, CircleCI's webhook ids."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from bot.store.engine.statements import Repository
from bot.store.tables.workspaces import seen

ANNOUNCED = "announced:"
"""The prefix for a workflow whose end came by webhook."""

_AMONG = select(seen.c.id).where(seen.c.id.in_(bindparam("ids", expanding=True)))


class ProcessedEventRepository(Repository):
    async def insert(self, delivery_id: str, now: datetime) -> bool:
        """True the first time, in whichever replica."""
        return await self._insert_if_new(seen, {"id": delivery_id[:200], "seen_at": now})

    async def filter_announced(self, workflow_ids: Collection[str]) -> set[str]:
        """Those of them whose end came by webhook."""
        ids = [ANNOUNCED + each for each in workflow_ids]
        found = await self._connection.scalars(_AMONG, {"ids": ids})
        return {each.removeprefix(ANNOUNCED) for each in found}

    async def prune(self, before: datetime) -> int:
        return (await self._connection.execute(delete(seen).where(seen.c.seen_at < before))).rowcount
