"""Migrations by alembic, without an alembic.ini.

alembic takes 10 MB and a tenth of a second, so it is imported only where something is to be migrated: the migrations
are one chain whose files begin with their revisions (0001_…), which is enough to know whether a database is at head.
"""

from __future__ import annotations

import contextlib
import re
from functools import cache
from typing import TYPE_CHECKING

import sqlalchemy
from sqlalchemy import inspect, text

from bot.beside import BESIDE
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.database_errors import CannotOpenDatabase
from bot.store.engine.engines import build_engines

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = BESIDE / "migrations"
_LOCK = 7226_0001
_NUMBER = re.compile(r"\d{4}(?=_)")
"""The advisory lock that lets one process migrate PostgreSQL while the others wait."""


async def upgrade(database_url: str, to: str = "head") -> None:
    """Bring the database to this release. Raises CannotOpenDatabase."""
    await _run(database_url, "upgrade", to)


async def downgrade(database_url: str, to: str) -> None:
    await _run(database_url, "downgrade", to)


async def _run(database_url: str, direction: str, to: str) -> None:
    engines = build_engines(database_url)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(engines.dispose)
        try:
            connection = await stack.enter_async_context(engines.writer.begin())
        except Exception as error:  # noqa: BLE001 - every driver has its own
            raise CannotOpenDatabase(type(error).__name__) from None
        await connection.run_sync(_migrate, direction, to)


def _migrate(connection: sqlalchemy.Connection, direction: str, to: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    found = _find_revision(connection)
    if found == (get_head() if to == "head" else to) or (to == "head" and is_of_later_release(found)):
        return
    from alembic import command  # noqa: PLC0415 - see above

    config = _build_config()
    config.attributes["connection"] = connection
    getattr(command, direction)(config, to)


def get_head() -> str:
    """The newest revision of this release."""
    return list_revisions()[-1]


@cache
def list_revisions() -> list[str]:
    """All that this release knows, the oldest first."""
    found = (_NUMBER.match(file.name) for file in (MIGRATIONS / "versions").glob("*.py"))
    return sorted(match[0] for match in found if match)


def is_of_later_release(revision: str | None) -> bool:
    """Whether a later release migrated the database: this one works on it as it is."""
    return revision is not None and revision not in list_revisions()


async def find_revision(connection: DatabaseConnection) -> str | None:
    """The database's revision; None when it was never migrated."""
    return await connection.run_sync(_find_revision)


def _find_revision(connection: sqlalchemy.Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return str(found) if found else None


def _build_config() -> Config:
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
