from __future__ import annotations

import asyncio

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from bot.store.migrate import downgrade, head, upgrade
from bot.store.session import engine_for
from bot.store.store import Store
from bot.store.tables import metadata
from bot.store.vault import Vault, new_key


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


async def test_the_migrations_build_what_the_store_uses(database_url: str) -> None:
    engine = engine_for(database_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


async def test_up_and_down_and_up_again(empty_url: str) -> None:
    engine = engine_for(empty_url)
    await upgrade(empty_url)
    await downgrade(empty_url, "base")
    async with engine.connect() as connection:
        assert await connection.run_sync(_tables) == set()
    await upgrade(empty_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(_tables) == set(metadata.tables)
    await engine.dispose()


async def test_every_step_goes_up_and_down_by_itself(empty_url: str) -> None:
    await upgrade(empty_url, "0001")
    await upgrade(empty_url)
    await downgrade(empty_url, "0001")
    await upgrade(empty_url)


async def test_processes_that_start_together_migrate_once(empty_url: str) -> None:
    await asyncio.gather(*(upgrade(empty_url) for _ in range(4)))
    store = Store(empty_url, Vault([new_key()]))
    assert await store.at_head()
    await store.close()


async def test_a_database_without_tables_is_not_at_head(empty_url: str) -> None:
    store = Store(empty_url, Vault([new_key()]))
    assert not await store.at_head()
    await upgrade(empty_url, "0001")
    assert not await store.at_head()
    await upgrade(empty_url)
    assert await store.at_head()
    await store.close()


async def test_whether_it_is_at_head_is_told_while_somebody_writes(store: Store, other_replica: Store) -> None:
    async with store.begin() as tx:
        await tx.channels.use("T1", "C1", None)
        async with asyncio.timeout(5):
            assert await other_replica.at_head()


def test_there_is_one_head() -> None:
    assert head() == "0003"
