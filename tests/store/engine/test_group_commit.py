"""One fsync for all that was committed before it began, and nobody is told sooner than it has ended."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store.engine.engines import parse_database_url
from bot.store.engine.group_commit import GroupCommit, Sync
from bot.store.engine.sqlite import SqliteWriter


class SlowDisk:
    """Each sync waits until it is `let_go`; `held` is how many notes it may count on when it begins."""

    def __init__(self, path: Path, refuses: int = 0) -> None:
        self._path, self._refuses = path, refuses
        self.held: list[int] = []
        self._begun = threading.Semaphore(0)
        self._may_end = threading.Semaphore(0)

    def sync(self, _file: int) -> None:
        self.held.append(count_notes(self._path))
        self._begun.release()
        self._may_end.acquire()
        if len(self.held) == self._refuses:
            raise OSError("no disk")

    async def has_begun(self) -> None:
        await asyncio.to_thread(self._begun.acquire)

    def let_go(self, times: int = 1) -> None:
        self._may_end.release(times)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "notes.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE notes (said TEXT)")
    return path


@contextlib.asynccontextmanager
async def writing(path: Path, sync: Sync) -> AsyncIterator[SqliteWriter]:
    writer = SqliteWriter(parse_database_url(f"sqlite:///{path}"), sync=sync)
    yield writer
    await writer.dispose()


async def say(writer: SqliteWriter, note: str = "something") -> None:
    async with writer.begin() as connection:
        await connection.execute(text("INSERT INTO notes VALUES (:said)"), {"said": note})
    await writer.wait_for_disk()


def count_notes(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM notes").fetchone()
    return int(count)


async def test_who_commits_while_the_disk_is_busy_is_seen_at_once_and_shares_the_next_sync(path: Path) -> None:
    disk = SlowDisk(path)
    async with writing(path, disk.sync) as writer:
        first = asyncio.create_task(say(writer))
        await disk.has_begun()
        committed_before = asyncio.create_task(writer.wait_for_disk())
        await asyncio.sleep(0)
        others = [asyncio.create_task(say(writer)) for _ in range(5)]
        await asyncio.sleep(0)
        async with writer.begin():
            assert count_notes(path) == 6, "they have had their turn"
        assert not first.done()
        disk.let_go()
        await first
        await disk.has_begun()
        assert committed_before.done(), "the sync that was under way is enough"
        assert not any(other.done() for other in others), "the sync that was under way may have come too early for them"
        disk.let_go()
        await asyncio.gather(*others)
    assert disk.held == [1, 6]


async def test_one_that_is_cancelled_while_it_waits_for_the_disk_takes_it_from_nobody(path: Path) -> None:
    disk = SlowDisk(path)
    async with writing(path, disk.sync) as writer:
        leaving, staying = asyncio.create_task(say(writer)), asyncio.create_task(say(writer))
        await disk.has_begun()
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        disk.let_go(2)
        await staying
    assert count_notes(path) == 2


async def test_all_whose_sync_fails_are_told_and_the_next_one_is_not(path: Path) -> None:
    disk = SlowDisk(path, refuses=2)
    async with writing(path, disk.sync) as writer:
        first = asyncio.create_task(say(writer))
        await disk.has_begun()
        others = asyncio.gather(say(writer), say(writer), return_exceptions=True)
        await asyncio.sleep(0)
        async with writer.begin():
            assert count_notes(path) == 3, "they have had their turn"
        disk.let_go(3)
        await first
        assert [type(one) for one in await others] == [OSError, OSError]
        await say(writer)


async def test_a_transaction_that_changes_nothing_waits_for_no_disk(path: Path) -> None:
    disk = SlowDisk(path)
    async with writing(path, disk.sync) as writer:
        async with writer.begin() as connection:
            await connection.scalar(text("SELECT count(*) FROM notes"))
        await writer.wait_for_disk()
    assert disk.held == []


async def test_after_enough_commits_the_log_is_in_the_file_and_begins_anew(path: Path) -> None:
    commits = GroupCommit(path, checkpoint_after=5)
    with open_driver(path) as driver:
        await write_and_commit(commits, driver, times=5)
        await commits.end()
        assert count_in_file_alone(path) == 5
        size = path.with_name("notes.db-wal").stat().st_size
        await write_and_commit(commits, driver, times=5)
        assert path.with_name("notes.db-wal").stat().st_size == size


async def test_what_nobody_waits_for_gets_into_the_file_too(path: Path) -> None:
    commits = GroupCommit(path, checkpoint_after=5)
    with open_driver(path) as driver:
        for _ in range(5):
            await write(commits, driver)
        await commits.end()
        assert count_in_file_alone(path) == 5


async def test_what_the_disk_refused_is_written_again_before_anybody_is_told_that_it_is_there(path: Path) -> None:
    """Linux takes it for written once it has said that it is not."""
    disk = RefusingDisk()
    async with writing(path, disk.sync) as writer:
        with pytest.raises(OSError, match="no disk"):
            await say(writer)
        await writer.wait_for_disk()
        assert count_in_file_alone(path) == 1
        with reading(path):
            await say(writer)
        assert count_in_file_alone(path) == 1, "and believed from then on"


async def test_nobody_is_told_so_while_it_cannot_be_written_again(path: Path) -> None:
    disk = RefusingDisk()
    async with writing(path, disk.sync) as writer:
        with reading(path):
            with pytest.raises(OSError, match="no disk"):
                await say(writer)
            with pytest.raises(OSError, match="somebody reads"):
                await writer.wait_for_disk()
        await writer.wait_for_disk()
        assert count_in_file_alone(path) == 1


async def test_a_failure_that_nobody_waited_for_is_told_to_who_waits_next_and_not_logged(path: Path) -> None:
    logged: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: logged.append(context))
    disk = RefusingDisk()
    commits = GroupCommit(path, sync=disk.sync, checkpoint_after=1)
    with open_driver(path) as driver:
        await write(commits, driver)
        await asyncio.to_thread(disk.refused.wait)
        await asyncio.wait(filter(None, [commits._under_way]))
        await commits.end()
        await write(commits, driver)
        await commits.end()
    gc.collect()
    assert logged == []


async def test_who_is_cancelled_while_a_thread_commits_goes_when_that_is_done(path: Path) -> None:
    commits = GroupCommit(path, checkpoint_after=1)
    with open_driver(path) as driver, open_driver(path, SlowConnection) as slow:
        await write(commits, driver)
        await commits.end()
        leaving = asyncio.create_task(write(commits, slow))
        await asyncio.to_thread(SlowConnection.begun.wait)
        leaving.cancel()
        for _ in range(10):
            await asyncio.sleep(0)
        assert not leaving.done()
        SlowConnection.may_end.set()
        await asyncio.gather(leaving, return_exceptions=True)
        assert count_notes(path) == 2
        await commits.end()


async def test_one_checkpoint_at_a_time_and_the_next_finds_something_to_do(path: Path) -> None:
    commits = SlowCheckpoints(path, checkpoint_after=2)
    with open_driver(path) as driver:
        await write_and_commit(commits, driver, times=9)
        commits.may_end.release(9)
        await commits.end()
        await write_and_commit(commits, driver)
        await commits.end()
        assert commits.begun == 1, "it has brought all of them into the file"
        await write_and_commit(commits, driver)
        await commits.end()
        assert commits.begun == 2


async def test_a_log_that_is_too_long_holds_writers_up_until_it_is_in_the_file(path: Path) -> None:
    commits = GroupCommit(path, checkpoint_after=5, longest_log=20)
    log = path.with_name("notes.db-wal")
    with open_driver(path) as driver:
        with reading(path), pytest.raises(sqlite3.OperationalError, match="locked"):
            await write_and_commit(commits, driver, times=500)
        await commits.end()
        size = log.stat().st_size
        await write_and_commit(commits, driver, times=5)
        assert log.stat().st_size == size
        await commits.end()


class RefusingDisk:
    """It refuses once."""

    def __init__(self) -> None:
        self.refused = threading.Event()

    def sync(self, _file: int) -> None:
        if not self.refused.is_set():
            self.refused.set()
            raise OSError("no disk")


class SlowConnection(sqlite3.Connection):
    begun, may_end = threading.Event(), threading.Event()

    def commit(self) -> None:
        self.begun.set()
        self.may_end.wait()
        super().commit()


class SlowCheckpoints(GroupCommit):
    begun = 0
    may_end = threading.Semaphore(0)

    def _checkpoint(self) -> None:
        self.begun += 1
        self.may_end.acquire()
        super()._checkpoint()


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """Somebody reads what was there at this moment."""
    with open_driver(path) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM notes").fetchone()
        yield


@contextlib.contextmanager
def open_driver(path: Path, kind: type[sqlite3.Connection] = sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    driver = sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=kind, timeout=0)
    with contextlib.closing(driver):
        driver.execute("PRAGMA wal_autocheckpoint=0")
        yield driver


async def write(commits: GroupCommit, driver: sqlite3.Connection) -> None:
    driver.execute("BEGIN IMMEDIATE")
    driver.execute("INSERT INTO notes VALUES ('something')")
    await commits.commit(driver)


async def write_and_commit(commits: GroupCommit, driver: sqlite3.Connection, *, times: int = 1) -> None:
    for _ in range(times):
        await write(commits, driver)
        await commits.wait_for_disk()


def count_in_file_alone(path: Path) -> int:
    """What would be left if the log were lost."""
    alone = path.with_name("alone.db")
    shutil.copyfile(path, alone)
    return count_notes(alone)
