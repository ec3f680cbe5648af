"""How we speak with the database: SQLite on one machine, PostgreSQL under many replicas.

SQLite's driver defaults silently lose updates when two processes write (facts, performance: "The store"), so writers
begin with BEGIN IMMEDIATE; WAL lets readers go on meanwhile. What is committed is promised, so the store waits until it
is on the disk (group_commit.py).
Writers of one process queue for the one writing connection, which is fair and leaves the readers theirs; writers of
several processes wait for each other as long as the busy timeout.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.store.engine.adapters import DatabaseEngine
from bot.store.engine.sqlite import SqliteReader, SqliteWriter
from bot.store.engine.sqlite_files import find_file, list_exposed

_WITHOUT_MEANING = frozenset({"channel_binding", "gssencmode", "target_session_attrs"})
"""What platforms write into the URL for libpq, and asyncpg neither takes nor needs."""


async def _be_on_disk() -> None:
    """PostgreSQL's commit has waited for it."""


@dataclass(frozen=True, slots=True)
class Engines:
    """`writer` for transactions that change something; `reader` sees one moment and cannot write.

    `wait_for_disk` returns once all that was committed before is on the disk. Raises OSError.
    """

    writer: DatabaseEngine
    reader: DatabaseEngine
    wait_for_disk: Callable[[], Awaitable[None]] = _be_on_disk

    async def dispose(self) -> None:
        try:
            await self.writer.dispose()
        finally:
            await self.reader.dispose()


def build_engines(database_url: str) -> Engines:
    """Engines for DATABASE_URL; nothing is opened yet. Raises ValueError."""
    url = parse_database_url(database_url)
    if url.get_backend_name() == "sqlite":
        writer = SqliteWriter(url)
        return Engines(writer, SqliteReader(url), writer.wait_for_disk)
    from bot.store.engine.postgresql import build_postgresql_engines  # noqa: PLC0415 - brings the ORM with it

    return Engines(*build_postgresql_engines(url))


def list_exposed_files(database_url: str) -> list[Path]:
    """Those of SQLite's files that others on this machine may read or write. Raises ValueError."""
    url = parse_database_url(database_url)
    return list(list_exposed(url.database or "")) if url.get_backend_name() == "sqlite" else []


def find_sqlite_file(database_url: str) -> Path | None:
    """None where the database is a server's. Raises ValueError."""
    url = parse_database_url(database_url)
    return find_file(url.database or "") if url.get_backend_name() == "sqlite" else None


def parse_database_url(database_url: str) -> URL:
    """The URL that platforms hand out, for our drivers: sqlite://, postgres:// and postgresql:// are understood.

    Raises ValueError with a sentence that does not show the URL, since it may hold a password.
    """
    try:
        url = make_url(database_url.replace("postgres://", "postgresql://", 1))
    except ArgumentError:
        raise ValueError("DATABASE_URL is no URL; write sqlite:///file.db or postgresql://…") from None
    backend = url.get_backend_name()
    if backend == "sqlite":
        return _check_sqlite_url(url)
    if backend == "postgresql":
        return _to_asyncpg(url)
    raise ValueError(f"DATABASE_URL: {backend} is not supported; use sqlite:///file.db or postgresql://…")


def _check_sqlite_url(url: URL) -> URL:
    if url.database in {None, "", ":memory:"}:
        raise ValueError("DATABASE_URL names no file: what is only in memory would be forgotten; use sqlite:///file.db")
    return url.set(drivername="sqlite")


def _to_asyncpg(url: URL) -> URL:
    """Asyncpg calls libpq's `sslmode` `ssl`. It comes with the extra `postgresql`."""
    if find_spec("asyncpg") is None:
        raise ValueError("DATABASE_URL is PostgreSQL's, whose driver is not here: pip install 'circlebot[postgresql]'")
    query = {name: value for name, value in url.query.items() if name not in _WITHOUT_MEANING}
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return url.set(drivername="postgresql+asyncpg", query=query)
