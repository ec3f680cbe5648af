"""A whole database copied into another: a backup, its restoration, and a move from SQLite to PostgreSQL.

What is read is one moment, also while processes write; what is written is one transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, Select, Table, func, insert, select, tuple_

from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.sqlite import BUSY_TIMEOUT_S
from bot.store.engine.sqlite_files import make_private
from bot.store.tables.schema import OF_PROCESSES, metadata

_AT_ONCE = 1_000
"""Rows of one statement."""


async def copy_rows(source: DatabaseConnection, target: DatabaseConnection) -> int:
    """Every row of every table; how many. Both are at this release, and the target has no row."""
    count = 0
    for table in _list_lasting():
        async for rows in _read_in_batches(source, table):
            await target.execute(insert(table), rows)
            count += len(rows)
    return count


def _list_lasting() -> list[Table]:
    return [table for table in metadata.sorted_tables if OF_PROCESSES not in table.info]


async def _read_in_batches(source: DatabaseConnection, table: Table) -> AsyncIterator[Sequence[dict[str, Any]]]:
    """By the primary key, so that a big table is never in memory whole."""
    key = list(table.primary_key.columns)
    page = select(table).order_by(*key).limit(_AT_ONCE)
    rows = await _read_page(source, page)
    while rows:
        yield [{column.key: row[column] for column in table.columns} for row in rows]
        last = tuple_(*(rows[-1][column] for column in key), types=[column.type for column in key])
        rows = await _read_page(source, page.where(tuple_(*key) > last)) if len(rows) == _AT_ONCE else []


async def _read_page(source: DatabaseConnection, page: Select[Any]) -> Sequence[RowMapping]:
    return (await source.execute(page)).mappings().all()


async def is_empty(connection: DatabaseConnection) -> bool:
    """Whether no table has a row."""
    for table in _list_lasting():
        if await connection.scalar(select(func.count()).select_from(table)):
            return False
    return True


def copy_sqlite_file(source: Path, target: Path) -> None:
    """By SQLite's own backup: the file as it is at one moment, whoever writes to it. Raises sqlite3.Error."""
    make_private(str(target))
    there = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", timeout=BUSY_TIMEOUT_S, uri=True)
    with closing(there), closing(sqlite3.connect(target)) as here:
        there.backup(here)
        here.execute("PRAGMA journal_mode=DELETE")
