"""An admin freezes projects by the form; a start and an approval are refused with whom to ask, until it thaws."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.journeys.browser_tab import open_tab
from tests.plugins.voting import list_approvals
from tests.plugins.world import GRACE, run_world

WITHIN_MS = 40_000

expect.set_options(timeout=WITHIN_MS)


async def test_a_freeze_is_set_felt_thawed_and_recorded(browser: Browser, tmp_path: Path) -> None:
    async with (
        asyncio.timeout(120),
        run_world(tmp_path, socket_mode=True, speed=5) as world,
        open_tab(browser, world, within_ms=WITHIN_MS, viewport={"width": 1280, "height": 860}) as tab,
    ):
        await world.connect()
        page, card = tab.page, tab.card("release")
        await tab.type("/circle trigger gh/acme/web --branch release")
        await expect(card.get_by_role("button", name="Approve staging")).to_be_visible()

        await tab.type("/circle freeze")
        await tab.newest.get_by_role("button", name="Freeze…").click()
        await tab.form.get_by_label("What").fill("gh/acme")
        await tab.form.get_by_label("Why").fill("Black Friday")
        await tab.form.get_by_label("Until").fill("tomorrow 9:00")
        await tab.choose("Except people", "gra", GRACE)
        await page.keyboard.press("Escape")
        await tab.form.get_by_test_id("modal-submit").click()
        await expect(tab.newest).to_contain_text("Until then only @Grace Green may start, rerun and approve.")
        await expect(card).to_contain_text("gh/acme/* is frozen until")

        for line in ("trigger gh/acme/web --branch main", "approve gh/acme/web approve-staging"):
            before = await tab.messages.count()
            await tab.type(f"/circle {line}")
            await expect(tab.messages).to_have_count(before + 1)
            await expect(tab.newest).to_contain_text("(Black Friday), by @Ada Adams")
            await expect(tab.newest).to_contain_text("Ask @Grace Green.")
        assert not await list_approvals(world)

        await tab.type("/circle freeze")
        await tab.newest.get_by_role("button", name="Thaw").click()
        await expect(card).not_to_contain_text("frozen")
        await tab.confirm(card.get_by_role("button", name="Approve staging"))
        await expect(card).to_contain_text("approved approve-staging")

        await tab.type("/circle audit")
        record = tab.newest
        await expect(record).to_contain_text("gh/acme/* · freeze 1 until")
        await expect(record).to_contain_text("approve · refused")
        await expect(record).to_contain_text("trigger · refused")
