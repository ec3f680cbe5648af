"""Named leases, for what only one process may do at a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, update

from bot.store.rows import Noun
from bot.store.tables import leases


class Leases(Noun):
    async def hold(self, name: str, holder: str, until: datetime, now: datetime) -> bool:
        """Take or keep the lease; False while somebody else has it."""
        if await self._insert_new(leases, {"name": name, "holder": holder, "until": until}):
            return True
        free = or_(leases.c.holder == holder, leases.c.until < now)
        taken = update(leases).where(leases.c.name == name, free).values(holder=holder, until=until)
        return (await self._connection.execute(taken)).rowcount == 1
