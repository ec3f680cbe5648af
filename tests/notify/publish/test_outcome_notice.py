"""Why somebody brought a version back is told with the rollback, where they typed it and nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.blocks import deed_blocks
from bot.circleci.explanation import NOTHING_KNOWN
from bot.circleci.links import Links
from bot.conversation import Place
from bot.domain import Outcome, OutcomeKind
from bot.domain.audit_records import AuditKind, AuditRecord
from bot.mrkdwn import as_code
from bot.notify.publish.outcome_notice import OutcomeNotice, fit_notice
from bot.notify.readings import Reading
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.block_reader import get_text
from tests.plugins.database import create_database
from tests.plugins.factories import NOW, WEB, make_snapshot
from tests.store.test_running_deploys import deploy


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = Store(await create_database(tmp_path), Vault([generate_key()]))
    yield store
    await store.close()


BACK = deploy("1.2", 0, kind=OutcomeKind.ROLLED_BACK)


def _build_deed(version: str = "1.2", minutes: float = -1) -> AuditRecord:
    what = deed_blocks.ROLLED_BACK.format(
        place="production",
        current="`1.3`",
        target=as_code(version, 60),
        reason=deed_blocks.shorten_reason("Checkout is <slow> & &amp;"),
    )
    at = NOW + timedelta(minutes=minutes)
    known = {"pipeline_id": BACK.pipeline_id, "user": "UADA", "act": "rollback"}
    return AuditRecord(workspace="T1", at=at, kind=AuditKind.ACT, what=what, **known)


async def _tell(store: Store, outcome: Outcome, deed: AuditRecord, workspace: str = "T1") -> str:
    reading = Reading(WEB, make_snapshot(), None, None, None, NOW)
    notice = OutcomeNotice(reading, outcome, NOTHING_KNOWN, Links(), NOW)
    async with store.begin() as tx:
        tx.record(deed)
    async with store.begin() as tx:
        told = await fit_notice(tx, notice, Place(workspace, "C1"))
    return get_text(list(told.render(by_card=True).blocks))


@pytest.mark.parametrize(
    ("outcome", "deed", "workspace"),
    [
        (BACK, _build_deed(), "T2"),
        (BACK, _build_deed("1.1"), "T1"),
        (BACK, _build_deed(minutes=60), "T1"),
        (replace(BACK, kind=OutcomeKind.DEPLOYED), _build_deed(), "T1"),
    ],
)
async def test_nobody_else_reads_it_and_nothing_else_has_it(
    store: Store, outcome: Outcome, deed: AuditRecord, workspace: str
) -> None:
    assert "Checkout" not in await _tell(store, outcome, deed, workspace)


async def test_it_is_told_as_it_was_typed_with_who_did_it(store: Store) -> None:
    told = await _tell(store, BACK, _build_deed())
    assert "> Checkout is &lt;slow&gt; &amp; &amp;amp;" in told
    assert "Started by" in told
