"""PostgreSQL by asyncpg, with what SQLAlchemy's pool leaves to us."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, Engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_KEPT = {"pool_size": 20, "max_overflow": 0}
"""All that are opened: one beyond them would be opened and closed for each transaction, which costs ten of it."""

_PREPARED = {"prepared_statement_cache_size": 500}
"""Statements that a connection keeps prepared: more than the store has."""


def server(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """An engine that writes and one that reads; both have the same connections, and the first one closes them."""
    writer = _Server(create_async_engine(url, connect_args=_PREPARED, **_KEPT).sync_engine)
    return writer, writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


class _Server(AsyncEngine):
    """A pool forgets a connection that is cancelled while it is made ready, or given back after the end: we do not."""

    def __init__(self, engine: Engine) -> None:
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
