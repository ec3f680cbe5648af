"""What nouns do the same way on both databases: insert a row unless it is there, and share by lease what is due.

SQLAlchemy takes longer to build a statement and to know it again than a database to answer it. So those that are asked
most are built once: constants with parameters, whose values come with the call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Insert,
    Row,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.engine.adapters import DatabaseConnection


class Repository:
    """One noun's part of a transaction."""

    def __init__(self, connection: DatabaseConnection) -> None:
        self._connection = connection

    async def _insert_if_new(self, table: Table, values: Mapping[str, Any]) -> bool:
        """Insert, unless a row with one of its keys exists. True when it was new."""
        return (await self._connection.execute(self._insert_or_nothing(table), values)).rowcount == 1

    async def _upsert(self, table: Table, values: Mapping[str, Any], key: Sequence[str]) -> None:
        upsert = _build_upsert(table, self._connection.dialect.name, tuple(key), tuple(values))
        await self._connection.execute(upsert, values)

    def _insert_or_nothing(self, table: Table) -> Insert:
        """An INSERT of one row or several, but for those that are there."""
        return _build_insert_or_nothing(table, self._connection.dialect.name)

    def _build_insert(self, table: Table) -> Any:
        return build_insert(table, self._connection.dialect.name)


class LeasedRepository(Repository):
    """Rows that replicas share: each is due at `next_look_at`, and whoever claims it has it until `leased_until`."""

    async def _find_next_due_at(self, table: Table, now: datetime) -> datetime | None:
        """When the first row is due that nobody has; None when there is none."""
        moment: datetime | None = await self._connection.scalar(_select_first_due(table), {"now": now})
        return moment

    async def _claim(
        self, key: Column[Any], now: datetime, lease_s: float, holder: str, limit: int, **changed: Any
    ) -> Sequence[Row[Any]]:
        """Rows that are due and that nobody has, the longest due first, as they were before `changed`."""
        rows = (await self._connection.execute(_select_due(key.table), {"now": now, "most": limit})).all()
        if rows:
            lease = {"leased_by": holder, "leased_until": now + timedelta(seconds=lease_s)}
            these = {"these": [getattr(row, key.name) for row in rows]}
            await self._connection.execute(_build_claim(key), {**these, **lease, **changed})
        return rows

    async def _renew(self, key: Column[Any], value: str, holder: str, until: datetime) -> None:
        """Renew the lease, unless it is no longer ours."""
        ours = {f"this_{key.name}": value, "this_leased_by": holder}
        await self._connection.execute(_build_renewal(key), {**ours, "leased_until": until})


def bind_columns(table: FromClause, *names: str) -> ColumnElement[bool]:
    """These columns are as the parameters with their names say."""
    return and_(*(table.c[name] == bindparam(name) for name in names))


def bind_key(table: FromClause, *names: str) -> ColumnElement[bool]:
    """The same in an UPDATE, which sets what its other parameters name: `this_id` says which `id` is meant."""
    return and_(*(table.c[name] == bindparam(f"this_{name}") for name in names))


def build_insert(table: Table, dialect: str) -> Any:
    """The dialect's own INSERT, which knows ON CONFLICT."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache
def _build_insert_or_nothing(table: Table, dialect: str) -> Insert:
    new: Insert = build_insert(table, dialect).on_conflict_do_nothing()
    return new


@cache
def _build_upsert(table: Table, dialect: str, key: tuple[str, ...], names: tuple[str, ...]) -> Insert:
    insert = build_insert(table, dialect)
    changed = {name: insert.excluded[name] for name in names if name not in key}
    upsert: Insert = insert.on_conflict_do_update(index_elements=key, set_=changed)
    return upsert


@cache
def _select_first_due(table: FromClause) -> Select[Any]:
    return select(table.c.next_look_at).where(_is_unleased(table)).order_by(table.c.next_look_at).limit(1)


@cache
def _select_due(table: FromClause) -> Select[Any]:
    """What is due `now` and nobody's, the longest due first, `most` at the most."""
    due = (
        select(table)
        .where(table.c.next_look_at <= bindparam("now"), _is_unleased(table))
        .order_by(table.c.next_look_at)
    )
    return due.limit(bindparam("most")).with_for_update(skip_locked=True)


def _is_unleased(table: FromClause) -> ColumnElement[bool]:
    """Nobody's `now`."""
    return or_(table.c.leased_until.is_(None), table.c.leased_until < bindparam("now"))


@cache
def _build_claim(key: Column[Any]) -> Update:
    return update(key.table).where(key.in_(bindparam("these", expanding=True)))


@cache
def _build_renewal(key: Column[Any]) -> Update:
    return update(key.table).where(bind_key(key.table, key.name, "leased_by"))
