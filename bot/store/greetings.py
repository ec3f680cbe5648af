"""Whom we have greeted: everybody once."""

from __future__ import annotations

from datetime import datetime

from bot.store.engine.statements import Repository
from bot.store.tables.identities import greetings


class GreetingRepository(Repository):
    async def insert(self, workspace: str, user: str, now: datetime) -> bool:
        """True the first time, in whichever replica."""
        return await self._insert_if_new(greetings, {"workspace": workspace, "user": user, "greeted_at": now})
