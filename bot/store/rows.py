"""What nouns do the same way on both databases: insert a row unless it is there, and share by lease what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Insert, Row, Table, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.connection import Connection


class Noun:
    """One noun's part of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def _insert_new(self, table: Table, values: Mapping[str, Any]) -> bool:
        """Insert, unless a row with one of its keys exists. True when it was new."""
        result = await self._connection.execute(self._insert(table).values(**values).on_conflict_do_nothing())
        return result.rowcount == 1

    async def _upsert(self, table: Table, values: Mapping[str, Any], key: Sequence[str]) -> None:
        changed = {name: value for name, value in values.items() if name not in key}
        insert = self._insert(table).values(**values)
        await self._connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=changed))

    def _insert(self, table: Table) -> Any:
        build: Any = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        insert: Insert = build(table)
        return insert


class Leased(Noun):
    """Rows that replicas share: each is due at `next_look_at`, and whoever claims it has it until `leased_until`."""

    async def _claim(
        self, key: Column[Any], now: datetime, lease_s: float, holder: str, limit: int, **changed: Any
    ) -> Sequence[Row[Any]]:
        """Rows that are due and that nobody has, the longest due first, as they were before `changed`."""
        table = key.table
        due = select(table).where(table.c.next_look_at <= now, self._free(table, now)).order_by(table.c.next_look_at)
        rows = (await self._connection.execute(due.limit(limit).with_for_update(skip_locked=True))).all()
        if rows:
            claimed = update(table).where(key.in_([getattr(row, key.name) for row in rows]))
            until = now + timedelta(seconds=lease_s)
            await self._connection.execute(claimed.values(leased_by=holder, leased_until=until, **changed))
        return rows

    def _free(self, table: FromClause, now: datetime) -> ColumnElement[bool]:
        """Rows that nobody has."""
        return or_(table.c.leased_until.is_(None), table.c.leased_until < now)

    async def _keep(self, key: Column[Any], value: str, holder: str, until: datetime) -> None:
        """Renew the lease, unless it is no longer ours."""
        ours = update(key.table).where(key == value, key.table.c.leased_by == holder)
        await self._connection.execute(ours.values(leased_until=until))
