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

    `writers` is how many transactions of SQLite began that may write, whether they do or not: each shuts others out.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.write_transactions = 0

    @property
    def count(self) -> int:
        return len(self.texts)

    @property
    def writes(self) -> list[str]:
        return [text for text in self.texts if _WRITES.match(text)]

    def record_statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.texts.append(statement)

    def record_write_transaction(self, connection: Connection) -> None:
        if connection.dialect.name != "sqlite":
            return
        driver: Any = connection.connection.dbapi_connection
        (only_reads,) = driver.execute("PRAGMA query_only").fetchone()
        self.write_transactions += not only_reads


@contextlib.contextmanager
def count_statements() -> Iterator[StatementCounter]:
    """Counts while inside, on every engine of this process; what begins and ends transactions is no statement."""
    seen = StatementCounter()
    notes = {"before_cursor_execute": seen.record_statement, "begin": seen.record_write_transaction}
    for name, note in notes.items():
        event.listen(Engine, name, note)
    try:
        yield seen
    finally:
        for name, note in notes.items():
            event.remove(Engine, name, note)


def explain_plan(path: Path, statement: str) -> list[str]:
    """The steps of SQLite's plan for a statement that `statements` has noted."""
    database = sqlite3.connect(path)
    steps = database.execute(f"EXPLAIN QUERY PLAN {statement}", [None] * statement.count("?")).fetchall()
    database.close()
    return [step for *_, step in steps]
