from __future__ import annotations

import asyncio

import asyncpg  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy import text

from bot.store.postgresql import server
from bot.store.session import driver_url
from tests.plugins.postgres import Postgres


async def test_a_connection_that_the_server_has_ended_is_replaced(postgres: Postgres) -> None:
    url, ended = await postgres.empty(), asyncio.Event()
    writer, reader = server(driver_url(url))
    async with writer.begin() as connection:
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
