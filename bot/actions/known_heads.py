"""Where each chain of the record ended, remembered outside of the database: one that somebody put back is seen by it.

It lies beside the database's file, else beside that of AUDIT_LOG; where there is neither, this process alone knows it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog

from bot.disk_threads import run_in_thread
from bot.domain.audit_records import ChainedRecord, ChainHead
from bot.private_files import replace_private_file
from bot.settings import Settings
from bot.store.engine.engines import find_sqlite_file

log = structlog.get_logger(__name__)

_ENDING = ".heads"

T = TypeVar("T")


class KnownHeads:
    """`file` is None where nothing outlasts this process. A thread reads and writes it, one change after the other."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._turn = asyncio.Lock()
        self._heads: dict[str, ChainHead] = {}
        self._is_unread = False

    async def load(self) -> list[ChainHead]:
        """The furthest that this process or the file knows: one of them may have been put back, or be gone."""
        return await self._run(self._read_file)

    async def follow(self, rows: Iterable[ChainedRecord]) -> None:
        """These rows were committed."""
        ends = {row.record.workspace: ChainHead(row.record.workspace, row.seq, row.hash) for row in rows}
        await self._run(partial(self._update, ends))

    async def replace(self, heads: Iterable[ChainHead]) -> None:
        """Whatever was known: from here on these are where the chains end."""
        await self._run(partial(self._replace, {head.workspace: head for head in heads}))

    async def _run(self, work: Callable[[], T]) -> T:
        async with self._turn:
            return await run_in_thread(work) if self._file else work()

    def _read_file(self) -> list[ChainHead]:
        if self._file:
            try:
                read = [ChainHead(one, *rest) for one, rest in json.loads(self._file.read_text()).items()]
                self._heads |= {one.workspace: one for one in read if one.seq > self._get_seq(one.workspace)}
                self._is_unread = False
            except (OSError, ValueError, TypeError, AttributeError) as error:
                self._warn_unread(self._file, error)
        return list(self._heads.values())

    def _get_seq(self, workspace: str) -> int:
        return self._heads[workspace].seq if workspace in self._heads else 0

    def _warn_unread(self, file: Path, error: Exception) -> None:
        """Once, and not where there is none yet."""
        if self._heads and not self._is_unread:
            log.warning("audit.head_not_read", why=type(error).__name__, mend=f"let only circlebot write {file}")
            self._is_unread = True

    def _update(self, ends: dict[str, ChainHead]) -> None:
        self._read_file()
        self._replace(self._heads | ends)

    def _replace(self, heads: dict[str, ChainHead]) -> None:
        """A file that cannot be written stops nobody, and stays as it was."""
        self._heads = heads
        if self._file is None:
            return
        known = {one.workspace: [one.seq, one.hash] for one in heads.values()}
        try:
            replace_private_file(self._file, json.dumps(known))
        except OSError as error:
            log.warning("audit.head_not_kept", why=type(error).__name__, mend=f"make {self._file.parent} writable")


def build_known_heads(settings: Settings) -> KnownHeads:
    beside = find_sqlite_file(settings.database_url.get_secret_value())
    if beside is None and settings.audit_log not in {"none", "stdout"}:
        beside = Path(settings.audit_log)
    return KnownHeads(beside and beside.with_name(beside.name + _ENDING))
