"""What every noun does the same way: insert a row unless it is there, on both databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Insert, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


class Noun:
    """One noun's part of a transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
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
