"""`circlebot backup`, `restore` and `move`: the database as one file, and back again.

A backup is an SQLite file of the same release, whichever database it comes from. `restore` and `move` bring such a file
into the empty database of DATABASE_URL; after `restore`, what was posted since the backup is looked up in Slack before
it is posted (bot/store/backups.py).
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from datetime import datetime
from pathlib import Path

from bot.disk_threads import run_in_thread
from bot.domain.audit_chain import RESTORED
from bot.domain.audit_records import CONSOLE_CHAIN, AuditKind
from bot.operating.operator_records import record_operation
from bot.operating.process import CommandFailed
from bot.settings import Settings
from bot.store.backups import BackupRepository
from bot.store.engine.copying import copy_rows, copy_sqlite_file, is_empty
from bot.store.engine.engines import Engines, build_engines, parse_database_url
from bot.store.engine.migrate import upgrade
from bot.store.engine.sqlite_lock import hold_sqlite_lock
from bot.store.store import Store


async def copy_into_backup(store: Store, settings: Settings, file: Path) -> None:
    """Write the database into a new FILE that only its owner may read, while processes work. Raises CommandFailed."""
    _check_new(file)
    made_at = await store.now()
    with _make_beside(file) as part:
        if settings.on_sqlite:
            await _copy_file(Path(parse_database_url(settings.database_url.get_secret_value()).database or ""), part)
        else:
            await _copy_all(settings.database_url.get_secret_value(), _as_url(part))
        async with _open(_as_url(part)) as engines, engines.writer.begin() as connection:
            await BackupRepository(connection).insert(made_at)
        part.rename(file)


async def restore(settings: Settings, file: Path) -> datetime:
    """Bring a backup into the empty database of the settings; when it was made. Raises CommandFailed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "backup.db"
        await _copy_file(file, copy)
        await upgrade(_as_url(copy))
        made_at = await _find_backup_time(copy)
        if made_at is None:
            raise CommandFailed(f"{file} was not made by `circlebot backup`; `circlebot move` takes such a database.")
        await _copy_all(_as_url(copy), settings.database_url.get_secret_value())
    return made_at


async def move(settings: Settings, file: Path) -> int:
    """Bring the SQLite database FILE, which no process uses, into the empty one of the settings; how many rows.

    FILE is renamed afterwards, so that nobody goes on with it. Raises CommandFailed.
    """
    _check_there(file)
    with hold_sqlite_lock(_as_url(file)):
        _check_unused(file)
        await upgrade(_as_url(file))
        count = await _copy_all(_as_url(file), settings.database_url.get_secret_value())
        _retire(file)
    return count


async def mark_restored(store: Store, made_at: datetime) -> None:
    """The database was put back as it was at that moment. No process may work on it yet. Raises CommandFailed."""
    now = await store.now()
    if made_at > now:
        raise CommandFailed("that moment has not come yet: give the one at which the backup was made.")
    await store.release_all_leases(shown_at=now)
    async with store.begin() as tx:
        await tx.backups.mark_restored(made_at, now)
        for workspace in {CONSOLE_CHAIN, *(head.workspace for head in await tx.audit.list_heads())}:
            what = f"the database was put back as it was at {made_at:%Y-%m-%d %H:%M} UTC, what came later is not here"
            record_operation(tx, RESTORED, now, workspace=workspace, kind=AuditKind.CHAIN, what=what)


async def _find_backup_time(copy: Path) -> datetime | None:
    async with _open(_as_url(copy)) as engines, engines.reader.begin() as connection:
        return await BackupRepository(connection).find_newest()


async def _copy_file(source: Path, target: Path) -> None:
    _check_there(source)
    try:
        await run_in_thread(copy_sqlite_file, source, target)
    except sqlite3.Error as error:
        raise CommandFailed(f"{source} cannot be copied ({error}).") from None


async def _copy_all(source_url: str, target_url: str) -> int:
    """All rows, in one transaction. Raises CommandFailed when there is something in the target."""
    await upgrade(target_url)
    async with AsyncExitStack() as stack:
        source, target = [await stack.enter_async_context(_open(url)) for url in (source_url, target_url)]
        reading = await stack.enter_async_context(source.reader.begin())
        writing = await stack.enter_async_context(target.writer.begin())
        if not await is_empty(writing):
            raise CommandFailed("the database of DATABASE_URL is not empty: name a new one.")
        count = await copy_rows(reading, writing)
        await BackupRepository(writing).raise_ids()
    return count


@asynccontextmanager
async def _open(url: str) -> AsyncIterator[Engines]:
    engines = build_engines(url)
    try:
        yield engines
    finally:
        await engines.dispose()


@contextmanager
def _make_beside(file: Path) -> Iterator[Path]:
    """A file in the same folder, which is gone after the block unless it was renamed."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        yield part
    finally:
        for ending in ("", "-wal", "-shm"):
            Path(f"{part}{ending}").unlink(missing_ok=True)


def _check_new(file: Path) -> None:
    if file.exists():
        raise CommandFailed(f"{file} exists already: name a new file, such as circlebot-2026-01-31.db.")


def _check_there(file: Path) -> None:
    if not file.is_file():
        raise CommandFailed(f"there is no file {file}.")


def _retire(file: Path) -> None:
    file.rename(file.with_name(f"{file.name}.moved"))


def _check_unused(file: Path) -> None:
    """Raises CommandFailed while a process has it open: leaving WAL needs to be alone (SQLite: "WAL", 9)."""
    with closing(sqlite3.connect(file, timeout=0)) as alone:
        try:
            (mode,) = alone.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.Error:
            mode = None
    if mode != "delete":
        raise CommandFailed(f"another process uses {file}, or it is no database: stop that process first.")


def _as_url(file: Path) -> str:
    return f"sqlite:///{file.absolute()}"
