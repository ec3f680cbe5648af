"""What waits on SQLite, and for how long; the rest of its promises are those of both databases (test_session.py)."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.store.engine.engines import parse_database_url
from bot.store.engine.sqlite import SqliteReader, SqliteWriter


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    path = tmp_path / "notes.db"
    async with writing(path) as writer, writer.begin() as connection:
        await connection.execute(text("CREATE TABLE notes (said TEXT UNIQUE)"))
    return path


@contextlib.asynccontextmanager
async def writing(path: Path, patience_s: float = 10.0) -> AsyncIterator[SqliteWriter]:
    writer = SqliteWriter(parse_database_url(f"sqlite:///{path}"), patience_s)
    yield writer
    await writer.dispose()


@contextlib.contextmanager
def another_process_writes(path: Path) -> Iterator[None]:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("COMMIT")
    connection.close()


async def begin_notes(path: Path, note: str) -> None:
    async with writing(path) as writer:
        async with writer.begin() as connection:
            await connection.execute(text("CREATE TABLE IF NOT EXISTS notes (said TEXT UNIQUE)"))
        await say(writer, note)


async def say(writer: SqliteWriter, *notes: str) -> None:
    async with writer.begin() as connection:
        for note in notes:
            await connection.execute(text("INSERT INTO notes VALUES (:said)"), {"said": note})


async def said(path: Path) -> set[str]:
    reader = SqliteReader(parse_database_url(f"sqlite:///{path}"))
    async with reader.begin() as connection:
        notes = set(await connection.scalars(text("SELECT said FROM notes")))
    await reader.dispose()
    return notes


async def test_a_writer_waits_for_one_of_another_process_and_holds_nobody_up(path: Path) -> None:
    async with writing(path) as writer:
        with another_process_writes(path):
            waiting = asyncio.create_task(say(writer, "mine"))
            await asyncio.sleep(0)
            assert await said(path) == set()
            assert not waiting.done()
        await waiting
    assert await said(path) == {"mine"}


async def test_what_is_written_after_another_process_read_and_went_is_there_for_all(path: Path) -> None:
    """Whoever closes a file last deletes its log: a process that still writes must not look as if it had closed it."""
    reader = SqliteReader(parse_database_url(f"sqlite:///{path}"))
    async with writing(path) as writer:
        await say(writer, "before")
        async with reader.begin() as connection:
            await connection.execute(text("SELECT 1"))
        await asyncio.to_thread(read_in_another_process, path)
        await say(writer, "after")
        assert await asyncio.to_thread(read_in_another_process, path) == "2"
    await reader.dispose()


async def write_by_reading(reader: SqliteReader) -> None:
    async with reader.begin() as connection:
        await connection.scalar(text("SELECT count(*) FROM notes"))
        await connection.execute(text("INSERT INTO notes VALUES ('by a reader')"))


async def test_a_reader_that_reads_again_sees_what_was_written_meanwhile_also_after_a_failure(path: Path) -> None:
    """Its connection stays open in between: it must hold no moment, and nothing of what failed."""
    reader = SqliteReader(parse_database_url(f"sqlite:///{path}"))
    async with writing(path) as writer:
        for note in ("one", "two"):
            with pytest.raises(OperationalError):
                await write_by_reading(reader)
            await say(writer, note)
            async with reader.begin() as connection:
                assert note in set(await connection.scalars(text("SELECT said FROM notes")))
    await reader.dispose()


def read_in_another_process(path: Path) -> str:
    """How many notes it finds; its connection is closed when it ends."""
    count = (
        "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM notes').fetchone()[0])"
    )
    return subprocess.run(
        [sys.executable, "-c", count, path], capture_output=True, text=True, check=True
    ).stdout.strip()


async def test_a_new_file_is_opened_though_another_process_is_about_to_write_the_first_page(tmp_path: Path) -> None:
    path, locked, opening = tmp_path / "new.db", threading.Event(), threading.Event()

    def write_for_a_moment_more() -> None:
        with another_process_writes(path):
            locked.set()
            opening.wait()
            threading.Event().wait(0.1)

    other = threading.Thread(target=write_for_a_moment_more)
    other.start()
    locked.wait()
    opening.set()
    await begin_notes(path, "mine")
    other.join()
    assert await said(path) == {"mine"}


async def test_many_who_open_a_new_file_at_once_all_write(tmp_path: Path) -> None:
    path, together = tmp_path / "new.db", threading.Barrier(8)

    def begin(note: str) -> None:
        together.wait()
        asyncio.run(begin_notes(path, note))

    notes = {f"{number}" for number in range(8)}
    with ThreadPoolExecutor(len(notes)) as threads:
        list(threads.map(begin, notes))
    assert await said(path) == notes
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_who_waits_too_long_for_another_process_is_told(path: Path) -> None:
    async with writing(path, patience_s=0.01) as writer:
        with another_process_writes(path), pytest.raises(sqlite3.OperationalError, match="locked"):
            await say(writer, "mine")
        await say(writer, "later")
    assert await said(path) == {"later"}


async def test_who_waits_too_long_for_the_writers_before_it_is_told(path: Path) -> None:
    async with writing(path, patience_s=0.01) as writer:
        async with writer.begin():
            with pytest.raises(TimeoutError):
                await say(writer, "mine")
        await say(writer, "later")
    assert await said(path) == {"later"}


async def test_a_writer_that_is_cancelled_while_it_waits_leaves_the_next_its_turn(path: Path) -> None:
    async with writing(path) as writer:
        async with writer.begin():
            waiting = asyncio.create_task(say(writer, "mine"))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        await say(writer, "later")
    assert await said(path) == {"later"}


@pytest.mark.parametrize("steps", range(1, 8))
async def test_a_writer_that_is_cancelled_on_its_way_to_the_disk_wrote_all_or_nothing(path: Path, steps: int) -> None:
    async with writing(path) as writer:
        committing = asyncio.create_task(say(writer, "one", "two"))
        for _ in range(steps):
            await asyncio.sleep(0)
        committing.cancel()
        await asyncio.gather(committing, return_exceptions=True)
        await say(writer, "later")
    assert await said(path) in ({"later"}, {"one", "two", "later"})


async def test_a_writer_that_fails_halfway_leaves_nothing(path: Path) -> None:
    async with writing(path) as writer:
        with pytest.raises(IntegrityError):
            await say(writer, "twice", "twice")
        await say(writer, "later")
    assert await said(path) == {"later"}


async def test_many_transactions_in_a_row_let_others_go_first(path: Path) -> None:
    async with writing(path) as writer, counting_turns() as turns:
        for _ in range(20):
            async with writer.begin() as connection:
                await connection.scalar(text("SELECT count(*) FROM notes"))
    assert len(turns) >= 20


async def test_a_long_transaction_lets_others_go_first(path: Path) -> None:
    slow = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT count(*) FROM n"
    )
    async with writing(path) as writer, writer.begin() as connection, counting_turns() as turns:
        for _ in range(5):
            await connection.scalar(slow)
    assert len(turns) >= 4


@contextlib.asynccontextmanager
async def counting_turns() -> AsyncIterator[list[None]]:
    """One more for each time that somebody else of the event loop had a turn."""
    turns: list[None] = []

    async def count() -> None:
        while True:
            turns.append(None)
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    yield turns
    counting.cancel()
