"""Named leases, for what only one process may do at a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, or_, update

from bot.store.engine.statements import Noun, this
from bot.store.tables.core import leases

_TAKE = update(leases).where(
    this(leases, "name"),
    or_(leases.c.holder == bindparam("before"), leases.c.until < bindparam("now")),
)


class Leases(Noun):
    async def hold(self, name: str, holder: str, until: datetime, now: datetime) -> bool:
        """Take or keep the lease; False while somebody else has it."""
        if await self._insert_new(leases, {"name": name, "holder": holder, "until": until}):
            return True
        taken = {"this_name": name, "before": holder, "now": now, "holder": holder, "until": until}
        return (await self._connection.execute(_TAKE, taken)).rowcount == 1
