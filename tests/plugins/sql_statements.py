"""How many statements the database gets, how many of them write, and how SQLite goes about one."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

_WRITES = re.compile(r"(WITH .*?\)\s+)?(INSERT|UPDATE|DELETE) ", re.DOTALL)


class StatementCounter:
    """`count` of what was sent since the block began; `texts` are they, without their values.

    `write_transactions` is how many transactions of SQLite that may write asked for anything, whether they did write or
    not: each shuts others out.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.write_transactions = 0
        self._traced: list[sqlite3.Connection] = []

    @property
    def count(self) -> int:
        return len(self.texts)

    @property
    def writes(self) -> list[str]:
        return [text for text in self.texts if _WRITES.match(text)]

    def record_statement(self, connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        self.texts.append(statement)
        driver: Any = connection.connection.dbapi_connection
        if isinstance(driver, sqlite3.Connection) and driver not in self._traced:
            self._trace(driver)

    def _trace(self, driver: sqlite3.Connection) -> None:
        """From here on it tells of each transaction that it begins; it has begun the first one."""
        self._traced.append(driver)
        (only_reads,) = driver.execute("PRAGMA query_only").fetchone()
        self.write_transactions += not only_reads
        driver.set_trace_callback(self._record_begin)

    def _record_begin(self, statement: str) -> None:
        self.write_transactions += statement == "BEGIN IMMEDIATE"

    def close(self) -> None:
        for driver in self._traced:
            with contextlib.suppress(sqlite3.ProgrammingError):  # closed meanwhile
                driver.set_trace_callback(None)


@contextlib.contextmanager
def count_statements() -> Iterator[StatementCounter]:
    """Counts while inside, on every engine of this process; what begins and ends transactions is no statement."""
    seen = StatementCounter()
    event.listen(Engine, "before_cursor_execute", seen.record_statement)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", seen.record_statement)
        seen.close()


def explain_plan(path: Path, statement: str) -> list[str]:
    """The steps of SQLite's plan for a statement that `statements` has noted."""
    database = sqlite3.connect(path)
    steps = database.execute(f"EXPLAIN QUERY PLAN {statement}", [None] * statement.count("?")).fetchall()
    database.close()
    return [step for *_, step in steps]
