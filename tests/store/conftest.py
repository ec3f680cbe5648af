"""Every test that asks for `store` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database at head, on either kind."""
    if request.param == "sqlite":
        yield await create_database(tmp_path)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = await server.create_migrated()
    yield url
    await server.release(url)


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database without a table, on either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = await server.create_empty()
    yield url
    await server.release(url)


@pytest.fixture(scope="session")
def key() -> str:
    return generate_key()


@pytest.fixture
async def store(database_url: str, key: str) -> AsyncIterator[Store]:
    one = Store(database_url, Vault([key]))
    yield one
    await one.close()


@pytest.fixture
async def other_replica(database_url: str, key: str) -> AsyncIterator[Store]:
    """The same database, seen from another process's store."""
    other = Store(database_url, Vault([key]))
    yield other
    await other.close()
