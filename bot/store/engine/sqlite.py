"""SQLite in the event loop: what only computes is done at once, what may wait is done in a thread.

A statement takes SQLite a few hundredths of a millisecond, and a thread and back takes several times as much; a driver
with a thread of its own goes there for every step. What may wait is the beginning of a writer (for one of another
process) and the disk (group_commit.py). A reader waits for nobody: it sees the moment at which it began (WAL).

Since nothing here waits of itself, every transaction lets others go first, and a long one does so again and again.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from functools import partial
from typing import Any, cast

from sqlalchemy import URL, Connection, CursorResult, Dialect, Engine, Executable, ScalarResult, create_engine, event

from bot.disk_threads import run_in_thread
from bot.store.engine.adapters import Answer
from bot.store.engine.compiled_statements import share_compiled
from bot.store.engine.database_errors import hide_values
from bot.store.engine.group_commit import SYNC, GroupCommit, Sync
from bot.store.engine.sqlite_files import find_file, make_private

BUSY_TIMEOUT_S = 10

_SLICE_S = 0.005
"""How long a transaction keeps the event loop for itself."""

_PRAGMAS = ("foreign_keys=ON",)
_WRITER_PRAGMAS = ("busy_timeout=0", "synchronous=NORMAL", "wal_autocheckpoint=0")
"""Who writes waits for the disk, and looks after the log, by GroupCommit."""

_MOST_IDLE = 5
_FOR_EACH_THAT_ASKS = {"pool_size": _MOST_IDLE, "max_overflow": -1}
"""Never fewer than ask: in the event loop nobody may wait for a connection."""


class SqliteConnection:
    """What the store uses of SQLAlchemy's AsyncConnection; whatever is executed is done when it returns.

    `begin` is called at the first statement: what is found in memory costs no transaction. Others go first, unless they
    did so already: then it keeps the event loop `until_s`.
    """

    def __init__(self, dialect: Dialect, begin: Callable[[], Connection], until_s: float = 0.0) -> None:
        self.dialect = dialect
        self.begun: Connection | None = None
        self._begin = begin
        self._until_s = until_s

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        await self._yield_to_others()
        return self._get_begun().execute(statement, parameters)

    async def scalar(self, statement: Executable, parameters: Any = None) -> Any:
        await self._yield_to_others()
        return self._get_begun().scalar(statement, parameters)

    async def scalars(self, statement: Executable, parameters: Any = None) -> ScalarResult[Any]:
        await self._yield_to_others()
        return self._get_begun().scalars(statement, parameters)

    async def _yield_to_others(self) -> None:
        if time.monotonic() > self._until_s:
            await asyncio.sleep(0)
            self._until_s = time.monotonic() + _SLICE_S

    async def run_sync(self, function: Callable[..., Answer], *given: Any) -> Answer:
        return function(self._get_begun(), *given)

    def _get_begun(self) -> Connection:
        if self.begun is None:
            self.begun = self._begin()
        return self.begun


class _SqliteEngine:
    """Its connections stay lent out between transactions: the pool takes longer over each than SQLite over a read."""

    def __init__(self, url: URL, *pragmas: str) -> None:
        self._engine = _build_engine(url, pragmas)
        self._idle: list[Connection] = []

    @property
    def dialect(self) -> Dialect:
        return self._engine.dialect

    def _take(self) -> Connection:
        return self._idle.pop() if self._idle else self._engine.connect()

    def _give_back(self, connection: Connection) -> None:
        """One in which something failed is closed instead: the pool looks after it."""
        if len(self._idle) < _MOST_IDLE:
            self._idle.append(connection)
        else:
            connection.close()

    async def dispose(self) -> None:
        while self._idle:
            self._idle.pop().close()
        self._engine.dispose()


class SqliteReader(_SqliteEngine):
    """Transactions that only read."""

    def __init__(self, url: URL) -> None:
        super().__init__(url, "query_only=ON")

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqliteConnection]:
        reading = SqliteConnection(self.dialect, self._begin)
        try:
            yield reading
            if reading.begun:
                _get_driver(reading.begun).rollback()
        except BaseException:
            if reading.begun:
                reading.begun.close()
            raise
        if reading.begun:
            self._give_back(reading.begun)

    def _begin(self) -> Connection:
        """SQLAlchemy begins and ends nothing here: that takes it longer than most reads take."""
        connection = self._take()
        try:
            _get_driver(connection).execute("BEGIN")
        except sqlite3.Error:
            connection.close()
            raise
        return connection


class SqliteWriter(_SqliteEngine):
    """Transactions that may write. Those of one process queue here, which is fair, `patience_s` at the most."""

    def __init__(self, url: URL, patience_s: float = BUSY_TIMEOUT_S, *, sync: Sync = SYNC) -> None:
        super().__init__(url, *_WRITER_PRAGMAS)
        self._patience_s = patience_s
        self._commits = GroupCommit(find_file(url.database or ""), sync=sync)
        self._write_lock = asyncio.Lock()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqliteConnection]:
        """Raises TimeoutError when the writers before it take too long, OperationalError where another process does."""
        async with self._hold_write_lock():
            connection = self._take()
            try:
                driver = _get_driver(connection)
                await self._begin_immediate(driver)
                changes = driver.total_changes
                yield SqliteConnection(self.dialect, lambda: connection, time.monotonic() + _SLICE_S)
                if driver.total_changes > changes:
                    await self._commits.commit(driver)
                driver.commit()  # also what changes no row: a table that is made
            except BaseException:
                connection.close()
                raise
            self._give_back(connection)

    async def wait_for_disk(self) -> None:
        """Returns once all that was committed before is on the disk. Raises OSError."""
        await self._commits.wait_for_disk()

    async def dispose(self) -> None:
        try:
            await self._commits.end()
        finally:
            await super().dispose()

    @asynccontextmanager
    async def _hold_write_lock(self) -> AsyncIterator[None]:
        await asyncio.sleep(0)
        async with asyncio.timeout(self._patience_s):
            await self._write_lock.acquire()
        try:
            yield
        finally:
            self._write_lock.release()

    async def _begin_immediate(self, driver: sqlite3.Connection) -> None:
        """At once where no other process writes, which is nearly always; otherwise in a thread that waits for it."""
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            await run_in_thread(self._wait_and_begin, driver)

    def _wait_and_begin(self, driver: sqlite3.Connection) -> None:
        driver.execute(f"PRAGMA busy_timeout = {1000 * self._patience_s:.0f}")
        try:
            driver.execute("BEGIN IMMEDIATE")
        finally:
            driver.execute("PRAGMA busy_timeout = 0")


def _build_engine(url: URL, pragmas: Sequence[str]) -> Engine:
    """`isolation_level` None: the driver begins no transaction, we say how."""
    how = {"timeout": BUSY_TIMEOUT_S, "isolation_level": None, "check_same_thread": False}
    engine = create_engine(url, connect_args=how, hide_parameters=True, **_FOR_EACH_THAT_ASKS)
    hide_values(engine)
    share_compiled(engine)
    event.listen(engine, "do_connect", lambda *_: make_private(url.database or ""))
    event.listen(engine, "connect", partial(_prepare, pragmas=(*_PRAGMAS, *pragmas)))
    return engine


def _prepare(driver: sqlite3.Connection, _record: object, *, pragmas: Sequence[str]) -> None:
    if not _is_in_wal(driver):
        _, _, path = driver.execute("PRAGMA database_list").fetchone()
        _switch_to_wal(path)
    for pragma in pragmas:
        driver.execute(f"PRAGMA {pragma}")


def _is_in_wal(driver: sqlite3.Connection) -> bool:
    (mode,) = driver.execute("PRAGMA journal_mode").fetchone()
    return bool(mode == "wal")


def _switch_to_wal(path: str) -> None:
    """Once for each file, which stays so; a process that opens it at the same moment waits.

    The switch locks the file to read it, and then to write. Where two do so at once each would wait for the other, so
    SQLite tells one of them at once that it is locked, with whatever timeout (docs: sqlite3_busy_handler). Hence it is
    locked to write from the first, by a connection of its own: only when that is closed is the lock surely let go.
    """
    with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)) as alone:
        alone.execute("BEGIN EXCLUSIVE")
        if not _is_in_wal(alone):
            alone.execute("PRAGMA locking_mode=EXCLUSIVE")  # So that the commit keeps the lock for the switch.
            alone.execute("COMMIT")
            alone.execute("PRAGMA journal_mode=WAL")


def _get_driver(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)
