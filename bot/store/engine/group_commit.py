"""Group commit: what SQLite committed while the disk was busy goes there together.

SQLite's own way (`synchronous=FULL`) is to wait for the disk within each transaction, so that every writer waits for
the disk of all before it. With `synchronous=NORMAL` a commit is a write to the log (WAL) that others see from then on.
Whoever committed waits for the disk afterwards, and one fsync of the log is enough for all that was committed before it
began. Who acts outside upon what another transaction has just written writes first, and so has waited for both.

Linux tells once that something did not get to the disk, and takes it for written from then on (man 2 fsync). So after a
failure nothing is believed of the log before all of it was written again: into the file.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from bot.disk_threads import run_in_thread, start_in_thread

_CHECKPOINT_AFTER = 250
"""Commits, of some ten pages each: then what the log holds is brought into the file, and the log begins anew."""

_LONGEST_LOG = 16_000
"""Pages, 64 MB: then writers wait until all of it is in the file. Before, whoever commits meanwhile makes it longer."""

_HELD_UP_S = 1.0
"""How long at the most: for those who still read what is only in the log."""

Sync = Callable[[int], None]
"""Brings an open file to the disk, as os.fsync does. Raises OSError."""

SYNC: Sync = getattr(os, "fdatasync", os.fsync)


class GroupCommit:
    """The commits of one process to the SQLite file at `path`."""

    def __init__(
        self,
        path: Path,
        *,
        sync: Sync = SYNC,
        checkpoint_after: int = _CHECKPOINT_AFTER,
        longest_log: int = _LONGEST_LOG,
    ) -> None:
        self._path = path
        self._log = f"{path}-wal"
        self._sync = sync
        self._checkpoint_after = checkpoint_after
        self._longest_log = longest_log
        self._under_way: asyncio.Task[None] | None = None
        self._next: asyncio.Task[None] | None = None
        self._emptying: asyncio.Task[None] | None = None
        self._count = self._on_the_way = self._on_disk = self._in_file = 0
        """Commits of this process, in their order: all, how many of them there were when the last sync began, how many
        the disk has, and how many the file."""
        self._begins_anew = False
        self._is_doubtful = False
        """Something of the log did not get to the disk, and nobody is told of it again."""

    async def commit(self, driver: sqlite3.Connection) -> None:
        """Everybody sees it from now on; it is no promise before `wait_for_disk`.

        The first commit to a log that begins anew waits for the disk by itself, and so does not keep the event loop.
        """
        begins_anew, self._begins_anew = self._begins_anew, False
        try:
            if begins_anew:
                await _finish(asyncio.create_task(run_in_thread(driver.commit)))
            else:
                driver.commit()
        finally:
            self._count += 1
        if self._is_log_long():
            self._begin_sync()

    async def wait_for_disk(self) -> None:
        """Returns once all that was committed before is on the disk. Raises OSError where it did not get there."""
        if self._on_disk < self._count:
            await asyncio.shield(self._find_sync())

    async def end(self) -> None:
        """Nothing goes to the disk any more. Raises OSError as above."""
        try:
            await self.wait_for_disk()
        finally:
            for task in (self._under_way, self._next):
                await _wait_until_done(task)
            await _wait_until_done(self._emptying)

    def _find_sync(self) -> asyncio.Task[None]:
        """One that began after the last commit, or the next one."""
        if self._under_way and not self._under_way.done() and self._on_the_way == self._count:
            return self._under_way
        return self._begin_sync()

    def _begin_sync(self) -> asyncio.Task[None]:
        """At once, so that the disk works while others compute, or when the one that is under way has ended."""
        if self._next:
            return self._next
        if self._is_doubtful or (self._under_way and not self._under_way.done()):
            self._next = begun = asyncio.create_task(self._sync_after(self._under_way))
        else:
            self._under_way = begun = asyncio.create_task(self._finish_sync(self._start_sync(), self._count))
        begun.add_done_callback(_note_failure)
        return begun

    def _is_log_long(self) -> bool:
        return self._count - self._in_file >= self._checkpoint_after

    async def _sync_after(self, before: asyncio.Task[None] | None) -> None:
        await _wait_until_done(before)
        self._under_way, self._next = self._next, None
        if self._is_doubtful:
            await _wait_until_done(self._emptying)
        await self._finish_sync(self._start_sync(), self._count)

    def _start_sync(self) -> asyncio.Future[None]:
        self._on_the_way = self._count
        return start_in_thread(self._bring_to_disk)

    async def _finish_sync(self, sync: asyncio.Future[None], count: int) -> None:
        await sync
        self._on_disk = count
        if self._is_log_long() and (self._emptying is None or self._emptying.done()):
            self._emptying = asyncio.create_task(self._empty_log())

    async def _empty_log(self) -> None:
        """Whoever waits for the disk does not wait for this.

        Counted from its end, so that each finds something to do: before 3.51.3 SQLite may lose what is committed while
        one runs that finds nothing (SQLite: "The WAL-Reset Bug").
        """
        await run_in_thread(self._checkpoint)
        self._in_file = self._count
        self._begins_anew = True

    def _bring_to_disk(self) -> None:
        try:
            self._sync_log()
            if self._is_doubtful:
                self._write_again()
                self._is_doubtful = False
        except OSError:
            self._is_doubtful = True
            raise

    def _sync_log(self) -> None:
        """Opened each time: one that was deleted and made anew has the same name. Without one all is in the file."""
        with suppress(FileNotFoundError):
            log = os.open(self._log, os.O_RDONLY | os.O_CLOEXEC)
            try:
                self._sync(log)
            finally:
                os.close(log)

    def _write_again(self) -> None:
        """All of the log, into the file, which goes to the disk. Raises OSError."""
        try:
            with self._open_alone() as alone:
                (is_held_up, *_) = alone.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
        except sqlite3.Error as error:
            raise OSError(str(error)) from None
        if is_held_up:
            raise OSError("somebody reads what is only in the log")

    def _checkpoint(self) -> None:
        """As much as can be without holding anybody up, unless the log is too long. The next one tries again."""
        try:
            with self._open_alone() as alone:
                _, pages, _ = alone.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                if pages > self._longest_log:
                    alone.execute("PRAGMA wal_checkpoint(RESTART)")
        except sqlite3.Error as error:
            if str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_IOERR"):
                self._is_doubtful = True

    @contextmanager
    def _open_alone(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=_HELD_UP_S, isolation_level=None)) as alone:
            yield alone


async def _finish(task: asyncio.Task[None]) -> None:
    """A thread goes on when whoever waits for it is cancelled: so they wait."""
    try:
        await asyncio.shield(task)
    finally:
        await _wait_until_done(task)


async def _wait_until_done(task: asyncio.Task[None] | None) -> None:
    if task:
        await asyncio.wait([task])


def _note_failure(task: asyncio.Task[None]) -> None:
    """Also where nobody waits, so that it is not logged as never retrieved: the next one who does is told."""
    task.cancelled() or task.exception()
