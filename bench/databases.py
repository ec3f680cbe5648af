"""Databases at head to measure on, and rows by the thousand for them."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert

from bot.store.engine.engines import build_engines
from bot.store.engine.migrate import upgrade
from tests.plugins.postgres import PostgresServer, _find_binaries

WITHOUT_POSTGRES = "Not measured: PostgreSQL's initdb was not found (CIRCLEBOT_POSTGRES_BIN tells where it is)."


@contextlib.asynccontextmanager
async def on_sqlite() -> AsyncIterator[str]:
    """The URL of an empty database in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'circlebot.db'}"
        await upgrade(url)
        yield url


@contextlib.contextmanager
def postgresql_server() -> Iterator[PostgresServer | None]:
    """A server of its own; None where there is no PostgreSQL."""
    binaries = _find_binaries()
    if binaries is None:
        yield None
        return
    server = PostgresServer(binaries)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextlib.asynccontextmanager
async def on_postgresql() -> AsyncIterator[str | None]:
    """The URL of an empty database on a server of its own; None where there is no PostgreSQL."""
    with postgresql_server() as server:
        yield await server.create_migrated() if server else None


async def insert_all(url: str, rows: Mapping[Table, Sequence[Mapping[str, Any]]]) -> None:
    """Past the store, which is for one row at a time."""
    engines = build_engines(url)
    async with engines.writer.begin() as connection:
        for table, of_table in rows.items():
            if of_table:
                await connection.execute(insert(table), list(of_table))
    await engines.dispose()
