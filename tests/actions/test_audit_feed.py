"""What a SIEM gets by AUDIT_LOG: a line of JSON for each row, once it is committed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.actions.audit_feed import AuditFeed
from bot.actions.known_heads import KnownHeads
from bot.domain.audit_records import AuditKind, AuditRecord
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
DONE = AuditRecord(workspace="T1", at=NOW, kind=AuditKind.ACT, act="approve", user="UADA", what="a\nb")


async def _record(folder: Path, log_to: str) -> list[str]:
    """The hashes of two rows, one after the other; a third is rolled back."""
    store = Store(await create_database(folder), Vault([generate_key()]), outlet=AuditFeed(log_to, KnownHeads(None)))
    for _ in range(2):
        async with store.begin() as tx:
            tx.record(DONE)
    async with store.begin_trial() as tx:
        tx.record(DONE)
    async with store.begin_read() as tx:
        rows = await tx.audit.list_chain("T1")
    await store.close()
    return [row.hash for row in rows]


def _read_printed(capsys: pytest.CaptureFixture[str], _file: Path) -> str:
    return capsys.readouterr().out


def _read_file(_capsys: pytest.CaptureFixture[str], file: Path) -> str:
    return file.read_text("utf-8")


@pytest.mark.parametrize(("log_to", "read"), [("stdout", _read_printed), ("audit.jsonl", _read_file)])
async def test_each_row_is_a_line_of_json_that_shows_its_place_in_the_chain(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    log_to: str,
    read: Callable[[pytest.CaptureFixture[str], Path], str],
) -> None:
    file = tmp_path / log_to
    hashes = await _record(tmp_path, log_to if log_to == "stdout" else str(file))
    lines = [json.loads(line) for line in read(capsys, file).splitlines()]
    assert [(one["seq"], one["hash"], one["act"], one["what"]) for one in lines] == [
        (seq, its_hash, "approve", "a b") for seq, its_hash in enumerate(hashes, 1)
    ]
    assert lines[1]["prev_hash"] == hashes[0]


async def test_a_file_that_cannot_be_written_is_said_and_stops_nobody(tmp_path: Path) -> None:
    with capture_logs() as logged:
        assert len(await _record(tmp_path, str(tmp_path / "none" / "audit.jsonl"))) == 2
    assert {line["event"] for line in logged} == {"audit.not_logged"}
