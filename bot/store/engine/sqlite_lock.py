"""SQLite is for one worker: the process that polls and sends locks a file beside it; the lock dies with the process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from bot.store.engine.database_errors import CannotOpenDatabase
from bot.store.engine.engines import parse_database_url


class AnotherWorker(Exception):
    """Somebody else works on this SQLite file."""


@contextmanager
def hold_sqlite_lock(database_url: str) -> Iterator[None]:
    """The only worker of this SQLite file while inside. Raises AnotherWorker, and CannotOpenDatabase."""
    name = parse_database_url(database_url).database or ""
    with _open_lock_file(Path(f"{name}.worker")) as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.seek(0)
            raise AnotherWorker(_format_refusal(name, held.read().strip())) from None
        held.truncate(0)
        held.write(f"{os.getpid()}\n")
        held.flush()
        yield


def _open_lock_file(file: Path) -> TextIO:
    try:
        return file.open("a+")
    except OSError as error:
        raise CannotOpenDatabase(type(error).__name__) from None


def _format_refusal(name: str, pid: str) -> str:
    who = f"process {pid}" if pid else "another process"
    return (
        f"{who} already polls and sends for {name}. SQLite takes one worker, since a file cannot hand work over: stop "
        "that one first, or share the work over PostgreSQL (DATABASE_URL=postgresql://…)."
    )
