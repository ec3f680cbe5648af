"""Migrations by alembic, without an alembic.ini. alembic is slow to import, so it is imported where it is used."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.session import engine_for

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parents[2] / "migrations"
_LOCK = 7226_0001
"""The advisory lock that lets one process migrate PostgreSQL while the others wait."""


async def upgrade(database_url: str, to: str = "head") -> None:
    """Bring the database to this release."""
    await _run(database_url, "upgrade", to)


async def downgrade(database_url: str, to: str) -> None:
    await _run(database_url, "downgrade", to)


async def _run(database_url: str, direction: str, to: str) -> None:
    engine = engine_for(database_url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_migrate, direction, to)
    finally:
        await engine.dispose()


def _migrate(connection: Connection, direction: str, to: str) -> None:
    from alembic import command  # noqa: PLC0415 - slow to import

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = _config()
    config.attributes["connection"] = connection
    getattr(command, direction)(config, to)


@cache
def head() -> str:
    """The newest revision of this release."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - slow to import

    return str(ScriptDirectory.from_config(_config()).get_current_head())


@cache
def revisions() -> list[str]:
    """All that this release knows, the oldest first."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - slow to import

    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


async def revision(connection: AsyncConnection) -> str | None:
    """The database's revision; None when it was never migrated."""
    return await connection.run_sync(_revision)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return str(found) if found else None


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415 - slow to import

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
