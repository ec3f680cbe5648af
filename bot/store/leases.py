"""Leases: a row is claimed until some moment, kept by renewing it, and free for any process when that moment is past.

One engine for all rows that processes share, which differ in what is claimed and by whom:

    DueRepository      projects and organisations when they are due; the process has them (build_due_claim)
    AttemptRepository  cards and notices that have to be sent; one attempt has them, by an id of its own
    LeaseRepository    names of work that only one process, or one act of a person, may do at a time; that one has them
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, ClassVar, Generic, Protocol, TypeVar
from uuid import uuid4

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Integer,
    Row,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

from bot.store.engine.moment import UtcDateTime
from bot.store.engine.statements import Repository
from bot.store.rate_limiter import Bucket, BucketLimits
from bot.store.tables.workspaces import leases

NOW = bindparam("now", type_=UtcDateTime())
LIMIT = bindparam("limit", type_=Integer())

T = TypeVar("T")


class LeasedRepository(Repository):
    """Rows of `table`, each named by the column `key`. The column `claimant` says whose a row is.

    `claim_update` claims some (build_due_claim, build_attempt).
    """

    table: ClassVar[Table]
    key: ClassVar[str]
    claimant: ClassVar[str] = "leased_by"
    claim_update: ClassVar[Any]

    async def release_all(self, **more: datetime) -> int:
        """End every lease, and change `more` of these rows; for a process that knows that it is the only one alive."""
        held = self.table.c.leased_until.is_not(None)
        free = update(self.table).where(held).values(leased_by=None, leased_until=None, **more)
        return (await self._connection.execute(free)).rowcount

    async def _extend(self, key: Any, claimant: str | None, until: datetime) -> bool:
        """False when this claimant has no lease on the row. It gets no shorter: an older one may be written last."""
        longer = _build_extension(self.table, self.key, self.claimant)
        values = {"this_key": key, "this_claimant": claimant, "until": until}
        return (await self._connection.execute(longer, values)).rowcount == 1

    async def _update_if_held(self, key: Any, claimant: str | None, **values: Any) -> bool:
        """False when this claimant no longer has the row: nothing is changed then."""
        held = _build_held_update(self.table, self.key, self.claimant)
        return (
            await self._connection.execute(held, {"this_key": key, "this_claimant": claimant, **values})
        ).rowcount == 1


class DueRepository(LeasedRepository, Generic[T]):
    """Rows that are due at their `next_look_at`, and the process that claims one looks at it."""

    @staticmethod
    @abstractmethod
    def build(row: Row[Any]) -> T: ...

    async def list_next_due_at(self, now: datetime, limit: int) -> list[datetime]:
        """When the first rows are due that nobody has, the longest due first."""
        return list(await self._connection.scalars(_select_first_due(self.table), {"now": now, "limit": limit}))

    async def claim(self, now: datetime, lease_s: float, holder: str, *, limit: int) -> list[T]:
        """What is due and nobody has, the longest due first, for `lease_s` seconds."""
        lease = {"leased_by": holder, "leased_until": now + timedelta(seconds=lease_s)}
        rows = (await self._connection.execute(self.claim_update, {"now": now, "limit": limit, **lease})).all()
        return [self.build_claimed(row) for row in sorted(rows, key=lambda row: row.next_look_at)]

    def build_claimed(self, row: Row[Any]) -> T:
        """With what the claim tells besides."""
        return self.build(row)

    async def renew(self, key: object, holder: str, until: datetime) -> bool:
        """False when the process no longer has the lease."""
        return await self._extend(str(key), holder, until)


class Claimed(Protocol):
    """A row as it was claimed; `attempt` is None for one that nobody claimed."""

    @property
    def id(self) -> int: ...

    @property
    def attempt(self) -> str | None: ...


class AttemptRepository(LeasedRepository):
    """Rows that are sent to Slack: every claim is an attempt with an id of its own.

    Only the attempt that has a row may renew or settle it: a process that was frozen for longer than its lease finds
    that its attempt no longer has the row, and changes nothing. `attempted_at` stays while nobody knows how an attempt
    ended.
    """

    key = "id"
    claimant = "attempt"
    due_query: ClassVar[Select[Any]]
    """What may be claimed, in its order."""

    async def renew(self, claimed: Claimed, until: datetime) -> bool:
        """False when this attempt no longer has the row, or has settled it."""
        return await self._extend(claimed.id, claimed.attempt, until)

    async def lock(self, claimed: Claimed) -> bool:
        """Whether this attempt has the row; until the transaction ends nobody else gets it."""
        return await self._update_if_attempted(claimed, attempt=claimed.attempt)

    async def settle_retry(self, claimed: Claimed, not_before: datetime) -> bool:
        """Slack refused it for now, that much is known."""
        return await self._settle(claimed, not_before=not_before)

    async def settle_lost_answer(self, claimed: Claimed, not_before: datetime) -> bool:
        """Nobody knows whether it arrived: free for the next attempt, which has to look first."""
        return await self._update_if_attempted(claimed, leased_by=None, leased_until=None, not_before=not_before)

    async def _list_due(
        self, now: datetime, limit: int, rates: BucketLimits, *, full: Collection[Bucket], **more: datetime
    ) -> Sequence[Row[Any]]:
        """What may be claimed, locked; nothing of the channels of `full`. The query may want `more` parameters."""
        due = _build_locked(self.due_query, self.table, excludes=bool(full))
        values = {"now": now, "limit": limit, "full": list(full), **rates.build_parameters(now), **more}
        return (await self._connection.execute(due, values)).all()

    async def _claim(self, rows: Sequence[Row[Any]], now: datetime, lease_s: float, *, holder: str) -> str:
        """The id of the attempt that now has these rows."""
        attempt = uuid4().hex
        if rows:
            lease = {"leased_by": holder, "leased_until": now + timedelta(seconds=lease_s), "attempt": attempt}
            await self._connection.execute(self.claim_update, {"keys": [row.id for row in rows], "now": now, **lease})
        return attempt

    async def _settle(self, claimed: Claimed, **values: Any) -> bool:
        ended = {"leased_by": None, "leased_until": None, "attempt": None, "attempted_at": None}
        return await self._update_if_attempted(claimed, **ended, **values)

    async def _update_if_attempted(self, claimed: Claimed, **values: Any) -> bool:
        return await self._update_if_held(claimed.id, claimed.attempt, **values)


class LeaseRepository(LeasedRepository):
    table = leases
    key = "name"

    async def claim_or_renew(self, name: str, holder: str, until: datetime, *, now: datetime) -> bool:
        """Whether the process has the name until then; False while another process has it."""
        lease = {"leased_by": holder, "leased_until": until}
        if await self._insert_if_new(leases, {"name": name, **lease}):
            return True
        taken = {"this_name": name, "this_holder": holder, "now": now, **lease}
        return (await self._connection.execute(_TAKE, taken)).rowcount == 1

    async def release(self, name: str, holder: str) -> None:
        """Before its end, unless somebody else has it by now."""
        ours = (leases.c.name == name, leases.c.leased_by == holder)
        await self._connection.execute(delete(leases).where(*ours))

    async def prune(self, before: datetime) -> None:
        await self._connection.execute(delete(leases).where(leases.c.leased_until < before))


def is_unleased(table: FromClause) -> ColumnElement[bool]:
    """Nobody has it, by the parameter `now`."""
    return or_(table.c.leased_until.is_(None), table.c.leased_until < NOW)


def build_due_claim(table: Table, key: str, *told: ColumnElement[Any], **more: Any) -> Any:
    """What is due by the parameter `now` and nobody has, the longest due first, becomes a process's.

    `more` of it changes; its rows come back, each with what is `told` of it besides: there a column of the table is
    `name_returned`.
    """
    due = select(table.c[key]).where(table.c.next_look_at <= NOW, is_unleased(table)).order_by(table.c.next_look_at)
    these = due.limit(LIMIT).with_for_update(skip_locked=True).cte("due")
    claim = update(table).where(table.c[key].in_(select(these.c[key]))).values(**more)
    return claim.returning(*table.c, *told)


def name_returned(column: Column[Any]) -> ColumnElement[Any]:
    """The column of the row that comes back, in a subquery.

    Of what SQLite returns SQLAlchemy names the columns alone, without their tables, also within a subquery: there the
    name would mean the subquery's own column.
    """
    return literal_column(str(column), column.type)


def build_doubt(since: datetime | None) -> dict[str, datetime]:
    """What may have been posted since then is looked up first."""
    return {"attempted_at": since} if since else {}


def build_attempt(table: Table, **more: Any) -> Update:
    """The rows of the parameter `keys` become an attempt's, from the parameter `now` on."""
    these = update(table).where(table.c.id.in_(bindparam("keys", expanding=True)))
    return these.values(attempted_at=func.coalesce(table.c.attempted_at, NOW), **more)


@cache
def _select_first_due(table: Table) -> Select[Any]:
    return select(table.c.next_look_at).where(is_unleased(table)).order_by(table.c.next_look_at).limit(LIMIT)


@cache
def _build_locked(due: Select[Any], table: Table, *, excludes: bool) -> Select[Any]:
    """The first of what is due, locked; `excludes` leaves out the channels of the parameter `full`."""
    if excludes:
        due = due.where(tuple_(table.c.workspace, table.c.channel).not_in(bindparam("full", expanding=True)))
    return due.limit(LIMIT).with_for_update(skip_locked=True, of=table)


@cache
def _build_held_update(table: Table, key: str, claimant: str) -> Update:
    held = table.c[claimant].is_not_distinct_from(bindparam("this_claimant"))
    return update(table).where(and_(table.c[key] == bindparam("this_key"), held))


@cache
def _build_extension(table: Table, key: str, claimant: str) -> Update:
    is_leased = table.c.leased_until.is_not(None)
    return _build_held_update(table, key, claimant).where(is_leased).values(leased_until=_build_later(table))


def _build_later(table: Table) -> ColumnElement[datetime]:
    """The end of the lease, or the parameter `until`, whichever is later."""
    until = bindparam("until", type_=UtcDateTime())
    return case((table.c.leased_until > until, table.c.leased_until), else_=until)


_TAKE = update(leases).where(
    leases.c.name == bindparam("this_name"), or_(leases.c.leased_by == bindparam("this_holder"), is_unleased(leases))
)
