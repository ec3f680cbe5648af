"""Group commit: what SQLite committed while the disk was busy goes there together.

SQLite's own way (`synchronous=FULL`) is to wait for the disk within each transaction, so that every writer waits for
the disk of all before it. With `synchronous=NORMAL` a commit is a write to the log (WAL) that others see from then on.
Whoever committed waits for the disk afterwards, and one fsync of the log is enough for all that was committed before it
began. Who acts outside upon what another transaction has just written writes first, and so has waited for both.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from anyio import to_thread

_CHECKPOINT_AFTER = 250
"""Commits, of some ten pages each: then what the log holds is brought into the file, and the log begins anew."""

Sync = Callable[[int], None]
"""Brings an open file to the disk, as os.fsync does. Raises OSError."""

SYNC: Sync = getattr(os, "fdatasync", os.fsync)


class GroupCommit:
    """The commits of one process to the SQLite file at `path`."""

    def __init__(self, path: Path, *, sync: Sync = SYNC, checkpoint_after: int = _CHECKPOINT_AFTER) -> None:
        self._path = path
        self._log = f"{path}-wal"
        self._sync = sync
        self._checkpoint_after = checkpoint_after
        self._under_way: asyncio.Task[None] | None = None
        self._next: asyncio.Task[None] | None = None
        self._emptying: asyncio.Task[None] | None = None
        self._count = self._on_disk = self._in_file = 0
        """Commits of this process, in their order: all, how many of them the disk has, and how many the file."""
        self._begins_anew = False

    async def commit(self, driver: sqlite3.Connection) -> None:
        """Everybody sees it from now on; it is no promise before `wait_for_disk`.

        The first commit to a log that begins anew waits for the disk by itself, and so does not keep the event loop.
        """
        begins_anew, self._begins_anew = self._begins_anew, False
        try:
            if begins_anew:
                await to_thread.run_sync(driver.commit)
            else:
                driver.commit()
        finally:
            self._count += 1
        if self._is_log_long():
            self._begin_sync()

    async def wait_for_disk(self) -> None:
        """Returns once all that was committed before is on the disk. Raises OSError where it did not get there."""
        if self._on_disk < self._count:
            await asyncio.shield(self._begin_sync())

    async def end(self) -> None:
        """Nothing goes to the disk any more. Raises OSError as above."""
        await self.wait_for_disk()
        if self._emptying:
            await self._emptying

    def _begin_sync(self) -> asyncio.Task[None]:
        """The next one: it begins when the one that is under way has ended."""
        if self._next is None:
            self._next = asyncio.create_task(self._sync_after(self._under_way))
        return self._next

    def _is_log_long(self) -> bool:
        return self._count - self._in_file >= self._checkpoint_after

    async def _sync_after(self, before: asyncio.Task[None] | None) -> None:
        if before:
            await asyncio.wait([before])
        self._under_way, self._next = self._next, None
        count = self._count
        await to_thread.run_sync(self._sync_log)
        self._on_disk = count
        if self._is_log_long():
            self._in_file = count
            self._emptying = asyncio.create_task(self._empty_log())

    async def _empty_log(self) -> None:
        """Whoever waits for the disk does not wait for this."""
        await to_thread.run_sync(self._checkpoint)
        self._begins_anew = True

    def _sync_log(self) -> None:
        """Opened each time: one that was deleted and made anew has the same name. Without one all is in the file."""
        with suppress(FileNotFoundError):
            log = os.open(self._log, os.O_RDONLY | os.O_CLOEXEC)
            try:
                self._sync(log)
            finally:
                os.close(log)

    def _checkpoint(self) -> None:
        """As much as can be without holding anybody up. What fails is tried with the next one."""
        with suppress(sqlite3.Error), closing(sqlite3.connect(self._path, timeout=0, isolation_level=None)) as alone:
            alone.execute("PRAGMA wal_checkpoint(PASSIVE)")
