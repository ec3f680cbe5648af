"""An admin reads the record in the browser, by filter and by page, and takes it away: the file proves itself whole."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from playwright.async_api import Browser, expect

from bot.domain.audit_chain import ChainReading
from bot.domain.audit_export import COLUMNS
from bot.domain.audit_records import AuditKind, AuditRecord, ChainedRecord
from tests.journeys.browser_tab import BrowserTab, open_tab
from tests.plugins.voting import TEAM
from tests.plugins.world import EVE, GRACE, World, run_world

WITHIN_MS = 40_000

expect.set_options(timeout=WITHIN_MS)


async def test_the_record_is_filtered_turned_and_taken_away_whole(browser: Browser, tmp_path: Path) -> None:
    async with (
        asyncio.timeout(120),
        run_world(tmp_path, socket_mode=True, speed=5) as world,
        open_tab(browser, world, within_ms=WITHIN_MS, viewport={"width": 1280, "height": 860}) as tab,
    ):
        await world.connect()
        await _record_reruns(world, 12)
        await world.say("/circle audit", as_=EVE)
        await world.reply("Only a circlebot admin", as_=EVE)

        await tab.type("/circle audit --user <@U0GRACE> --act rerun")
        await expect(tab.newest).to_contain_text("number 11")
        await tab.newest.get_by_role("button", name="Next Page").click()
        await expect(tab.newest).to_contain_text("number 0")
        await expect(tab.newest).not_to_contain_text("number 11")
        await tab.newest.get_by_role("button", name="Show Refusals").click()
        await expect(tab.newest).to_contain_text("@Eve Evans · audit · refused")

        await tab.type("/circle audit")
        await expect(tab.newest).to_contain_text("number 3")
        await tab.newest.get_by_role("button", name="Export").click()
        await expect(tab.newest).to_contain_text("with 13 rows: I sent it to you in a direct message.")
        rows = list(_read(await _download(tab)))
        assert [row.seq for row in rows] == list(range(1, 14))
        reading = ChainReading({})
        assert [reading.read_row(row) for row in rows if row] == [None] * 13
        async with world.app.core.store.begin_read() as tx:
            taken = await tx.audit.find_head(TEAM)
        assert taken
        assert taken.seq == reading.seq + 1, "that it was taken away is the next row"


async def _record_reruns(world: World, count: int) -> None:
    now = world.app.core.clock.now()
    async with world.app.core.store.begin() as tx:
        for number in range(count):
            what = f"number {number}" if number else '=number 0, "quoted"'
            tx.record(AuditRecord(workspace=TEAM, at=now, kind=AuditKind.ACT, act="rerun", user=GRACE, what=what))


async def _download(tab: BrowserTab) -> Path:
    """What is behind the link under the newest direct message."""
    await tab.page.get_by_test_id("channel").filter(has_text="circlebot").click()
    await tab.page.get_by_test_id("tab-messages").click()
    link = tab.page.get_by_test_id("file").last.get_by_role("link", name="audit-")
    async with tab.page.expect_download() as started:
        await link.click()
    return await (await started.value).path()


def _read(path: Path) -> Iterator[ChainedRecord]:
    """Each row as docs/audit.md says that its hash is made."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for cells in csv.DictReader(file):
            assert tuple(cells) == COLUMNS
            row = {name: text.removeprefix("'") for name, text in cells.items()}
            seq, prev_hash, own = int(row.pop("seq")), row.pop("prev_hash"), row.pop("hash")
            number, detail = row.pop("pipeline_number"), json.loads(row.pop("detail"))
            at = datetime.fromisoformat(row.pop("at"))
            known = AuditRecord(at=at, pipeline_number=int(number) if number else None, detail=detail, **row)
            yield ChainedRecord(known, seq, prev_hash, own)
