"""Whether the database can be opened, is at this release, and takes what is written."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

from bot.diagnostics.local_symptoms import (
    DATABASE_BEHIND,
    DATABASE_BUSY,
    DATABASE_FULL,
    DATABASE_READ_ONLY,
    DATABASE_UNREACHABLE,
    DISK_NEARLY_FULL,
)
from bot.domain.symptoms import Finding
from bot.store.engine.database_errors import DatabaseTrouble, find_trouble
from bot.store.engine.engines import find_sqlite_file
from bot.store.store import Store

_LEAST_FREE_MB = 64
_SYMPTOMS = {
    DatabaseTrouble.READ_ONLY: DATABASE_READ_ONLY,
    DatabaseTrouble.FULL: DATABASE_FULL,
    DatabaseTrouble.BUSY: DATABASE_BUSY,
}


async def check_database(store: Store, database_url: str) -> AsyncIterator[Finding]:
    """What every driver says in its own words, which may quote a password, is told by its kind."""
    place = find_sqlite_file(database_url)
    try:
        if not await store.is_at_head():
            yield Finding("database", symptom=DATABASE_BEHIND)
            return
        await store.check_writing()
    except Exception as error:  # noqa: BLE001 - every driver has its own
        yield build_failure(error, place)
        return
    if place and (free_mb := shutil.disk_usage(place).free // 1_000_000) < _LEAST_FREE_MB:
        yield Finding("database", symptom=DISK_NEARLY_FULL, values={"free_mb": free_mb, "place": _quote(place)})
        return
    yield Finding("database", "reachable, writable, and at this release")


def build_failure(error: BaseException, place: Path | None) -> Finding:
    trouble = find_trouble(error) or (DatabaseTrouble.READ_ONLY if place and _is_only_read(place) else None)
    if trouble:
        return Finding("database", symptom=_SYMPTOMS[trouble], values={"place": _quote(place)})
    return Finding("database", symptom=DATABASE_UNREACHABLE, values={"why": type(error).__name__})


def _is_only_read(place: Path) -> bool:
    """SQLite says of such a folder or disk only that it cannot open the file, since it makes another beside it."""
    return os.access(place, os.R_OK) and not (os.access(place, os.W_OK) and os.access(place.parent, os.W_OK))


def _quote(place: Path | None) -> str:
    return str(place) if place else '"$PGDATA"'
