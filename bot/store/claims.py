"""What cards and notices share: a row is claimed by lease, and every claim is an attempt with an id of its own.

Only the attempt that holds a row may keep or settle it: a process that was frozen for longer than its lease finds that
its attempt is no longer the row's, and changes nothing. `attempted_at` stands while nobody knows how an attempt ended.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, ClassVar, Protocol
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Row,
    Select,
    Table,
    Update,
    bindparam,
    func,
    or_,
    tuple_,
    update,
)

from bot.store.engine.moment import UtcDateTime
from bot.store.engine.statements import Repository, bind_key
from bot.store.rate_limiter import Bucket, BucketLimits

NOW = bindparam("now", type_=UtcDateTime())
LIMIT = bindparam("limit", type_=Integer())


class Claimed(Protocol):
    """A row as it was claimed; `attempt` is None for one that nobody claimed."""

    @property
    def id(self) -> int: ...

    @property
    def attempt(self) -> str | None: ...


class ClaimableRepository(Repository):
    """Of `table`, `due` selects what may be claimed, and `taken` makes it an attempt's (see `taking`)."""

    table: ClassVar[Table]
    due_query: ClassVar[Select[Any]]
    claim_update: ClassVar[Update]

    async def renew(self, claimed: Claimed, until: datetime) -> bool:
        """Renew the lease; False when the row is no longer ours."""
        return await self._update_if_held(claimed, leased_until=until)

    async def settle_retry(self, claimed: Claimed, not_before: datetime) -> bool:
        """It was refused for now, that much is known."""
        return await self._settle(claimed, not_before=not_before)

    async def settle_lost_answer(self, claimed: Claimed, not_before: datetime) -> bool:
        """Nobody knows whether it arrived: free for the next attempt, which has to look first."""
        return await self._update_if_held(claimed, leased_by=None, leased_until=None, not_before=not_before)

    async def release_all(self) -> int:
        """Nobody holds anything any more; for whoever knows that it is the only one alive."""
        held = self.table.c.leased_until.is_not(None)
        freed = update(self.table).where(held).values(leased_by=None, leased_until=None)
        return (await self._connection.execute(freed)).rowcount

    async def _list_due(
        self, now: datetime, limit: int, pace: BucketLimits, full: Collection[Bucket]
    ) -> Sequence[Row[Any]]:
        """What may be claimed, locked; nothing of the channels of `full`."""
        due = _exclude_full(self.due_query, self.table) if full else self.due_query
        values = {"now": now, "limit": limit, "full": list(full), **pace.build_parameters(now)}
        return (await self._connection.execute(due, values)).all()

    async def _claim(self, rows: Sequence[Row[Any]], now: datetime, lease_s: float, holder: str) -> str:
        """The id of the attempt that now holds these rows."""
        attempt = uuid4().hex
        if rows:
            until = now + timedelta(seconds=lease_s)
            lease = {"attempt": attempt, "leased_by": holder, "leased_until": until}
            await self._connection.execute(self.claim_update, {"ids": [row.id for row in rows], "now": now, **lease})
        return attempt

    async def _settle(self, claimed: Claimed, **values: Any) -> bool:
        ended = {"leased_by": None, "leased_until": None, "attempt": None, "attempted_at": None}
        return await self._update_if_held(claimed, **ended, **values)

    async def _update_if_held(self, claimed: Claimed, **values: Any) -> bool:
        """True when the row is still this attempt's."""
        ours = {"this_id": claimed.id, "this_attempt": claimed.attempt}
        return (await self._connection.execute(_build_held_update(self.table), {**ours, **values})).rowcount == 1


def is_unleased(table: FromClause) -> ColumnElement[bool]:
    """Nobody's, by the parameter `now`."""
    return or_(table.c.leased_until.is_(None), table.c.leased_until < NOW)


def build_claim(table: Table, **more: Any) -> Update:
    """The rows of the parameter `ids` become an attempt's, from the parameter `now` on; and `more` of them changes."""
    since = func.coalesce(table.c.attempted_at, NOW)
    these = table.c.id.in_(bindparam("ids", expanding=True))
    return update(table).where(these).values(attempted_at=since, **more)


@cache
def _exclude_full(due: Select[Any], table: Table) -> Select[Any]:
    return due.where(tuple_(table.c.workspace, table.c.channel).not_in(bindparam("full", expanding=True)))


@cache
def _build_held_update(table: Table) -> Update:
    still = table.c.attempt.is_not_distinct_from(bindparam("this_attempt"))
    return update(table).where(bind_key(table, "id"), still)
