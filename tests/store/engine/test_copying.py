from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Float, Integer, Table, insert, select

from bot.store.backups import BackupRepository
from bot.store.engine.copying import copy_rows, is_empty
from bot.store.engine.engines import Engines, build_engines
from bot.store.engine.migrate import upgrade
from bot.store.engine.moment import UtcDateTime
from bot.store.tables.schema import OF_PROCESSES, metadata

SECOND = timedelta(seconds=1)
NOW = datetime(2026, 1, 5, 12, 0, 0, 123456, tzinfo=UTC)
MANY = 1_003
"""More than are read at once."""


def _make_value(column: Column[Any], number: int) -> Any:
    """What this column has in row `number`: the same as the column that it refers to, now and then nothing."""
    for key in column.foreign_keys:
        return _make_value(key.column, number)
    if column.nullable and number % 3 == 0:
        return None
    text = f"{number:06}ü\U0001f680'\"\\"[: getattr(column.type, "length", None)]
    values = {Boolean: number % 2 == 0, Integer: number, Float: number + 0.25, UtcDateTime: NOW + number * SECOND}
    return values.get(type(column.type), text)


def _make_rows(table: Table, count: int) -> list[dict[str, Any]]:
    return [{column.key: _make_value(column, number) for column in table.columns} for number in range(1, count + 1)]


async def _fill(engines: Engines) -> None:
    async with engines.writer.begin() as connection:
        for table in metadata.sorted_tables:
            await connection.execute(
                insert(table), _make_rows(table, MANY if table.name in {"accounts", "outbox", "cards"} else 7)
            )


async def _read(engines: Engines, table: Table) -> list[dict[str, Any]]:
    async with engines.reader.begin() as connection:
        rows = await connection.execute(select(table).order_by(*table.primary_key.columns))
        return [dict(row) for row in rows.mappings()]


async def test_every_row_of_every_table_arrives_whatever_it_is_made_of(database_url: str, empty_url: str) -> None:
    await upgrade(empty_url)
    source, target = build_engines(database_url), build_engines(empty_url)
    await _fill(source)
    async with source.reader.begin() as reading, target.writer.begin() as writing:
        assert await is_empty(writing)
        count = await copy_rows(reading, writing)
        assert not await is_empty(writing)
    for table in metadata.sorted_tables:
        copied = await _read(target, table)
        assert copied == ([] if OF_PROCESSES in table.info else await _read(source, table))
        count -= len(copied)
    assert count == 0
    await source.dispose()
    await target.dispose()


@pytest.mark.parametrize("above", [0, 1_000])
async def test_the_next_ids_are_above_all_that_were_copied(above: int, database_url: str) -> None:
    engines = build_engines(database_url)
    await _fill(engines)
    cards = metadata.tables["cards"]
    row = {"workspace": "T", "channel": "C", "pipeline_id": "p", "wanted": 1, "shown": 0, "wanted_at": NOW}
    async with engines.writer.begin() as connection:
        await BackupRepository(connection).raise_ids(above)
        new = await connection.scalar(insert(cards).returning(cards.c.id), row)
    assert new == MANY + above + 1
    await engines.dispose()
