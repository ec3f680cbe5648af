"""How many statements the database gets, whoever sends them, and how SQLite goes about one."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event


class Statements:
    """`count` of what was sent since the block began; `texts` are they, without their values."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    @property
    def count(self) -> int:
        return len(self.texts)

    def note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.texts.append(statement)


@contextlib.contextmanager
def statements() -> Iterator[Statements]:
    """Counts while inside, on every engine of this process; what begins and ends transactions does not count."""
    seen = Statements()
    event.listen(Engine, "before_cursor_execute", seen.note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", seen.note)


def plan(path: Path, statement: str) -> list[str]:
    """The steps of SQLite's plan for a statement that `statements` has noted."""
    database = sqlite3.connect(path)
    steps = database.execute(f"EXPLAIN QUERY PLAN {statement}", [None] * statement.count("?")).fetchall()
    database.close()
    return [step for *_, step in steps]
