from __future__ import annotations

import asyncio
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.engine.engines import parse_database_url
from bot.store.engine.postgresql import build_postgresql_engines
from tests.plugins.postgres import PostgresServer


async def test_a_connection_that_the_server_has_ended_is_replaced(postgres: PostgresServer) -> None:
    url, ended = await postgres.create_empty(), asyncio.Event()
    writer, reader = build_postgresql_engines(parse_database_url(url))
    async with reader.begin() as connection:
        before = (await connection.get_raw_connection()).driver_connection
        assert before
        before.add_termination_listener(lambda _: ended.set())
    other = await asyncpg.connect(url)
    await other.execute("SELECT pg_terminate_backend($1)", before.get_server_pid())
    await other.close()
    async with asyncio.timeout(10):
        await ended.wait()
    async with reader.begin() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1
    await writer.dispose()
    await reader.dispose()


@pytest.mark.parametrize("late", [False, True], ids=["cancelled while it is made ready", "given back after the end"])
async def test_a_connection_that_the_pool_forgot_is_closed_with_the_store(
    postgres: PostgresServer, *, late: bool
) -> None:
    """The server would keep it otherwise, and the interpreter complain when it is collected."""
    writer, reader = build_postgresql_engines(parse_database_url(await postgres.create_migrated()))
    opened: list[Any] = []

    @event.listens_for(reader.sync_engine, "connect", insert=True)
    def give_up(connection: Any, _record: object) -> None:
        opened.append(connection.driver_connection)
        if not late:
            looking.cancel()

    looking = asyncio.create_task(_look_and_end(reader))
    await asyncio.gather(looking, return_exceptions=True)
    await writer.dispose()
    await reader.dispose()
    assert opened
    assert all(connection.is_closed() for connection in opened)


async def _look_and_end(engine: AsyncEngine) -> None:
    async with engine.begin():
        await engine.dispose()
