"""PostgreSQL by asyncpg, with what SQLAlchemy's pool leaves to us."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store.engine.compiled_statements import share_compiled
from bot.store.engine.database_errors import hide_values

_POOL = {"pool_size": 10, "max_overflow": 0}
"""All that are opened: one beyond them would be opened and closed for each transaction, which costs ten of it."""

_PREPARED = {"prepared_statement_cache_size": 500}
"""Statements that a connection keeps prepared: more than the store has."""


def build_postgresql_engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """An engine that writes and one that reads, each with connections of its own.

    How a connection's transactions begin is set once: to set it back and forth is a good part of a short one.
    """
    reader = _PostgresqlEngine(url, isolation_level="REPEATABLE READ")
    event.listen(reader.sync_engine, "connect", _set_read_only)
    return _PostgresqlEngine(url), reader


def _set_read_only(connection: Any, _record: object) -> None:
    connection.readonly = True


class _PostgresqlEngine(AsyncEngine):
    """A pool forgets a connection that is cancelled while it is made ready, or given back after the end: we do not."""

    def __init__(self, url: URL, **more: Any) -> None:
        how: dict[str, Any] = {"connect_args": _PREPARED, "hide_parameters": True, **_POOL, **more}
        engine = create_async_engine(url, **how).sync_engine
        hide_values(engine)
        share_compiled(engine)
        super().__init__(engine)
        self._opened: set[Any] = set()
        event.listen(engine.pool, "connect", lambda connection, _record: self._opened.add(connection), insert=True)
        event.listen(engine.pool, "close", lambda connection, _record: self._opened.discard(connection))
        event.listen(engine.pool, "checkout", _refuse_closed)

    async def dispose(self, close: bool = True) -> None:
        await super().dispose(close)
        while self._opened:
            await self._opened.pop().driver_connection.close()


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    """After a restart of the server a new connection is made.

    The pool's own `pool_pre_ping` asks the server three times each time that somebody takes a connection.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError
