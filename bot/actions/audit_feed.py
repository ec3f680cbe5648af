"""What becomes of rows of the record once they are written: channels get them, and a log of the machine's."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import structlog

from bot.actions.known_heads import KnownHeads
from bot.blocks import audit_blocks
from bot.disk_threads import run_in_thread
from bot.domain import audit_export
from bot.domain.audit_records import ChainedRecord
from bot.store.store import Tx

log = structlog.get_logger(__name__)


class AuditFeed:
    """`log_to` is AUDIT_LOG: `none`, `stdout`, or the path of a file that is added to."""

    def __init__(self, log_to: str, heads: KnownHeads) -> None:
        self._log_to = log_to
        self._heads = heads
        self._turn = asyncio.Lock()

    async def publish(self, tx: Tx, rows: Sequence[ChainedRecord]) -> None:
        """In the transaction that writes them, to each channel that gets its workspace's rows as they come."""
        channels: dict[str, list[str]] = {}
        for row in rows:
            workspace, now = row.record.workspace, row.record.at
            if workspace not in channels:
                channels[workspace] = await tx.audit_channels.list_live(workspace)
            for channel in channels[workspace]:
                key, message = f"audit:{workspace}:{row.seq}:{channel}", partial(audit_blocks.render_row, row)
                await tx.outbox.insert(key, workspace, channel, message=message, now=now)

    async def export(self, rows: Sequence[ChainedRecord]) -> None:
        """A line of JSON each, also where whoever wrote them is cancelled now: they are committed.

        A file that cannot be written stops nobody: the rows are in the database.
        """
        await asyncio.shield(self._export(rows))

    async def _export(self, rows: Sequence[ChainedRecord]) -> None:
        """In the order of the chain; the disk is waited for in a thread."""
        async with self._turn:
            await self._heads.follow(rows)
            await self._write("".join(f"{audit_export.to_json(row)}\n" for row in rows))

    async def _write(self, lines: str) -> None:
        if self._log_to == "stdout":
            sys.stdout.write(lines)
            sys.stdout.flush()
        elif self._log_to != "none":
            await run_in_thread(self._add_to_file, lines)

    def _add_to_file(self, lines: str) -> None:
        """Opened each time: whoever rotates it need not tell us."""
        try:
            with Path(self._log_to).open("a", encoding="utf-8") as file:
                file.write(lines)
        except OSError as error:
            log.warning("audit.not_logged", why=type(error).__name__, mend="make the file of AUDIT_LOG writable")
