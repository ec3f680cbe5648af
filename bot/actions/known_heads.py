"""Where each chain of the record ended, remembered outside of the database: one that somebody put back is seen by it.

It lies beside the database's file, else beside that of AUDIT_LOG; where there is neither, this process alone knows it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

import structlog

from bot.domain.audit_records import ChainedRecord, ChainHead
from bot.settings import Settings
from bot.store.engine.engines import find_sqlite_file

log = structlog.get_logger(__name__)

_ENDING = ".heads"


class KnownHeads:
    """`file` is None where nothing outlasts this process."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._heads: dict[str, ChainHead] = {}
        self._is_unread = False

    def load(self) -> list[ChainHead]:
        """The furthest that this process or the file knows: one of them may have been put back, or be gone."""
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

    def follow(self, rows: Iterable[ChainedRecord]) -> None:
        """These rows were committed."""
        self.load()
        self._heads |= {row.record.workspace: ChainHead(row.record.workspace, row.seq, row.hash) for row in rows}
        self._save()

    def replace(self, heads: Iterable[ChainHead]) -> None:
        """Whatever was known: from here on these are where the chains end."""
        self._heads = {head.workspace: head for head in heads}
        self._save()

    def _save(self) -> None:
        """A file that cannot be written stops nobody."""
        if self._file is None:
            return
        part = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                json.dump({one.workspace: [one.seq, one.hash] for one in self._heads.values()}, file)
            part.replace(self._file)
        except OSError as error:
            log.warning("audit.head_not_kept", why=type(error).__name__, mend=f"make {self._file.parent} writable")


def build_known_heads(settings: Settings) -> KnownHeads:
    beside = find_sqlite_file(settings.database_url.get_secret_value())
    if beside is None and settings.audit_log not in {"none", "stdout"}:
        beside = Path(settings.audit_log)
    return KnownHeads(beside and beside.with_name(beside.name + _ENDING))
