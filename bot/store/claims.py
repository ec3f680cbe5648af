"""What cards and notices share: a row is claimed by lease, and every claim is an attempt with an id of its own.

Only the attempt that holds a row may keep or settle it: a process that was frozen for longer than its lease finds that
its attempt is no longer the row's, and changes nothing. `attempted_at` stands while nobody knows how an attempt ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol
from uuid import uuid4

from sqlalchemy import ColumnElement, Table, and_, func, literal, or_, update

from bot.store.moment import Moment
from bot.store.rows import Noun


class Claimed(Protocol):
    """A row as it was claimed; `attempt` is None for one that nobody claimed."""

    @property
    def id(self) -> int: ...

    @property
    def attempt(self) -> str | None: ...


class Claims(Noun):
    table: ClassVar[Table]

    async def keep(self, claimed: Claimed, until: datetime) -> bool:
        """Renew the lease; False when the row is no longer ours."""
        return await self._change(claimed, leased_until=until)

    async def settle_retry(self, claimed: Claimed, not_before: datetime) -> bool:
        """It was refused for now, that much is known."""
        return await self._settle(claimed, not_before=not_before)

    async def settle_lost(self, claimed: Claimed, not_before: datetime) -> bool:
        """Nobody knows whether it arrived: free for the next attempt, which has to look first."""
        return await self._change(claimed, leased_by=None, leased_until=None, not_before=not_before)

    async def free_all(self) -> int:
        """Nobody holds anything any more; for whoever knows that it is the only one alive."""
        held = self.table.c.leased_until.is_not(None)
        freed = update(self.table).where(held).values(leased_by=None, leased_until=None)
        return (await self._connection.execute(freed)).rowcount

    def _unheld(self, now: datetime) -> ColumnElement[bool]:
        return or_(self.table.c.leased_until.is_(None), self.table.c.leased_until < now)

    async def _claim(self, ids: Sequence[int], now: datetime, lease_s: float, holder: str, **values: Any) -> str:
        """The id of the attempt that now holds these rows."""
        attempt = uuid4().hex
        if ids:
            rows = update(self.table).where(self.table.c.id.in_(ids))
            since = func.coalesce(self.table.c.attempted_at, literal(now, Moment()))
            lease = {"leased_by": holder, "leased_until": now + timedelta(seconds=lease_s)}
            await self._connection.execute(rows.values(attempt=attempt, attempted_at=since, **lease, **values))
        return attempt

    async def _settle(self, claimed: Claimed, **values: Any) -> bool:
        ended = {"leased_by": None, "leased_until": None, "attempt": None, "attempted_at": None}
        return await self._change(claimed, **ended, **values)

    async def _change(self, claimed: Claimed, **values: Any) -> bool:
        """True when the row is still this attempt's."""
        ours = and_(self.table.c.id == claimed.id, self.table.c.attempt.is_not_distinct_from(claimed.attempt))
        return (await self._connection.execute(update(self.table).where(ours).values(**values))).rowcount == 1
