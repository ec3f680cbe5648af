"""Named leases, for what only one process may do at a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, or_, update

from bot.store.engine.statements import Repository, bind_key
from bot.store.tables.core import leases

_TAKE = update(leases).where(
    bind_key(leases, "name"),
    or_(leases.c.holder == bindparam("before"), leases.c.until < bindparam("now")),
)


class LeaseRepository(Repository):
    async def claim_or_renew(self, name: str, holder: str, until: datetime, now: datetime) -> bool:
        """Take or keep the lease; False while somebody else has it."""
        if await self._insert_if_new(leases, {"name": name, "holder": holder, "until": until}):
            return True
        taken = {"this_name": name, "before": holder, "now": now, "holder": holder, "until": until}
        return (await self._connection.execute(_TAKE, taken)).rowcount == 1
