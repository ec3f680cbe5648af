"""SQLite is for one worker: whoever polls and sends holds a lock on a file beside it, which dies with the process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from bot.store.engine.database_errors import CannotOpen
from bot.store.engine.engines import driver_url


class AnotherWorker(Exception):
    """Somebody else works on this SQLite file."""


@contextmanager
def sole_worker(database_url: str) -> Iterator[None]:
    """The only worker of this SQLite file while inside. Raises AnotherWorker, and CannotOpen."""
    name = driver_url(database_url).database or ""
    with _opened(Path(f"{name}.worker")) as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.seek(0)
            raise AnotherWorker(_sentence(name, held.read().strip())) from None
        held.truncate(0)
        held.write(f"{os.getpid()}\n")
        held.flush()
        yield


def _opened(file: Path) -> TextIO:
    try:
        return file.open("a+")
    except OSError as error:
        raise CannotOpen(type(error).__name__) from None


def _sentence(name: str, pid: str) -> str:
    who = f"process {pid}" if pid else "another process"
    return (
        f"{who} already polls and sends for {name}. SQLite takes one worker, since a file cannot hand work over: stop "
        "that one first, or share the work over PostgreSQL (DATABASE_URL=postgresql://…)."
    )
