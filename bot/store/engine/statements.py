"""What repositories do the same way on both databases: insert a row unless it is there, or change it.

SQLAlchemy takes longer to build a statement and to know it again than a database to answer it. So those that are asked
most are built once: constants with parameters, whose values come with the call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Insert,
    Table,
    and_,
    bindparam,
)

from bot.store.engine.adapters import DatabaseConnection

_LAST = "\U0010ffff"
"""No character comes after this one."""


class Repository:
    """One noun's part of a transaction."""

    def __init__(self, connection: DatabaseConnection) -> None:
        self._connection = connection

    async def _insert_if_new(self, table: Table, values: Mapping[str, Any]) -> bool:
        """Insert, unless a row with one of its keys exists. True when it was new."""
        return (await self._connection.execute(self._insert_or_nothing(table), values)).rowcount == 1

    async def _upsert(self, table: Table, values: Mapping[str, Any], key: Sequence[str]) -> None:
        upsert = _build_upsert(table, self._connection.dialect.name, tuple(key), names=tuple(values))
        await self._connection.execute(upsert, values)

    def _insert_or_nothing(self, table: Table) -> Insert:
        """An INSERT of one row or several, but for those that are there."""
        return _build_insert_or_nothing(table, self._connection.dialect.name)

    def _begins_with(self, column: ColumnElement[str], beginning: str) -> ColumnElement[bool]:
        """LIKE ignores case in SQLite, so that no index serves it and every row is read: there it is a range."""
        if self._connection.dialect.name == "sqlite":
            return column.between(beginning, beginning + _LAST)
        return column.startswith(beginning, autoescape=True)

    def _build_insert(self, table: Table) -> Any:
        return build_insert(table, self._connection.dialect.name)


def bind_columns(table: FromClause, *names: str) -> ColumnElement[bool]:
    """These columns are as the parameters with their names say."""
    return and_(*(table.c[name] == bindparam(name) for name in names))


def bind_key(table: FromClause, *names: str) -> ColumnElement[bool]:
    """The same in an UPDATE, which sets what its other parameters name: `this_id` says which `id` is meant."""
    return and_(*(table.c[name] == bindparam(f"this_{name}") for name in names))


def build_insert(table: Table, dialect: str) -> Any:
    """The dialect's own INSERT, which knows ON CONFLICT. PostgreSQL's takes 3 MB to import."""
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415 - as said
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment] # noqa: PLC0415 - as said
    return insert(table)


@cache
def _build_insert_or_nothing(table: Table, dialect: str) -> Insert:
    new: Insert = build_insert(table, dialect).on_conflict_do_nothing()
    return new


@cache
def _build_upsert(table: Table, dialect: str, key: tuple[str, ...], *, names: tuple[str, ...]) -> Insert:
    insert = build_insert(table, dialect)
    changed = {name: insert.excluded[name] for name in names if name not in key}
    upsert: Insert = insert.on_conflict_do_update(index_elements=key, set_=changed)
    return upsert
