"""How we speak with the database: SQLite on one machine, PostgreSQL under many replicas.

SQLite's driver defaults silently lose updates when two processes write (facts, performance: "The store"), so writers
begin with BEGIN IMMEDIATE; WAL lets readers go on meanwhile. `synchronous=FULL`, since what is committed is promised.
Writers of one process queue for the one writing connection, which is fair and leaves the readers theirs; writers of
several processes wait for each other as long as the busy timeout.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

BUSY_TIMEOUT_S = 10

_WITHOUT_MEANING = frozenset({"channel_binding", "gssencmode", "target_session_attrs"})
"""What platforms write into the URL for libpq, and asyncpg neither takes nor needs."""


@dataclass(frozen=True, slots=True)
class Engines:
    """`writer` for transactions that change something; `reader` sees one moment and cannot write."""

    writer: AsyncEngine
    reader: AsyncEngine
    _opened: set[Any] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        """A pool forgets a connection that is cancelled while it is made ready, or given back after the end."""
        for pool in {self.writer.sync_engine.pool, self.reader.sync_engine.pool}:
            event.listen(pool, "connect", lambda connection, _record: self._opened.add(connection), insert=True)
            event.listen(pool, "close", lambda connection, _record: self._opened.discard(connection))

    async def dispose(self) -> None:
        await self.writer.dispose()
        await self.reader.dispose()
        while self._opened:
            await self._opened.pop().driver_connection.close()


def engines_for(database_url: str) -> Engines:
    """Engines for DATABASE_URL; nothing is opened yet. Raises ValueError."""
    writer = engine_for(database_url)
    if writer.dialect.name == "sqlite":
        return Engines(writer, _sqlite(writer.url, begin="BEGIN", query_only=True))
    return Engines(writer, writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True))


def engine_for(database_url: str) -> AsyncEngine:
    """An engine that writes. Raises ValueError."""
    url = async_url(database_url)
    if url.get_backend_name() == "sqlite":
        alone = {"pool_size": 1, "max_overflow": 0, "pool_timeout": BUSY_TIMEOUT_S}
        return _sqlite(url, begin="BEGIN IMMEDIATE", query_only=False, **alone)
    return create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)


def async_url(database_url: str) -> URL:
    """The URL that platforms hand out, for our drivers: sqlite://, postgres:// and postgresql:// are understood.

    Raises ValueError with a sentence that does not show the URL, since it may hold a password.
    """
    try:
        url = make_url(database_url.replace("postgres://", "postgresql://", 1))
    except ArgumentError:
        raise ValueError("DATABASE_URL is no URL; write sqlite:///file.db or postgresql://…") from None
    backend = url.get_backend_name()
    if backend == "sqlite":
        return _aiosqlite(url)
    if backend == "postgresql":
        return _asyncpg(url)
    raise ValueError(f"DATABASE_URL: {backend} is not supported; use sqlite:///file.db or postgresql://…")


def _aiosqlite(url: URL) -> URL:
    if url.database in {None, "", ":memory:"}:
        raise ValueError("DATABASE_URL names no file: what is only in memory would be forgotten; use sqlite:///file.db")
    return url.set(drivername="sqlite+aiosqlite")


def _asyncpg(url: URL) -> URL:
    """Asyncpg calls libpq's `sslmode` `ssl`."""
    query = {name: value for name, value in url.query.items() if name not in _WITHOUT_MEANING}
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return url.set(drivername="postgresql+asyncpg", query=query)


def _sqlite(url: URL, *, begin: str, query_only: bool, **pool: Any) -> AsyncEngine:
    """`isolation_level` None: the driver begins nothing by itself, we say how."""
    engine = create_async_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S, "isolation_level": None}, **pool)
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"query_only={query_only:d}")

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_as_said(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
