"""A hold that wants two people with four eyes and a reason each: who started it is refused, and two others approve."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.journeys.browser_tab import BrowserTab, open_tab
from tests.plugins.block_reader import get_text
from tests.plugins.voting import list_approvals
from tests.plugins.world import ADA, EVE, GRACE, run_world

WITHIN_MS = 40_000
HOLD = "approve-production"

expect.set_options(timeout=WITHIN_MS)


async def test_a_hold_is_approved_once_by_two_others_who_say_why(browser: Browser, tmp_path: Path) -> None:
    async with (
        asyncio.timeout(120),
        run_world(tmp_path, socket_mode=True, speed=5) as world,
        open_tab(browser, world, within_ms=WITHIN_MS, viewport={"width": 1280, "height": 860}) as tab,
    ):
        for user in (ADA, GRACE, EVE):
            await world.connect(as_=user)
        await tab.type(f"/circle policy add require everybody approve --hold {HOLD} --approvals 2 --four-eyes --reason")
        await expect(tab.newest).to_contain_text("version 1 counts from now on")
        await tab.type("/circle trigger gh/acme/web --branch release")
        await world.thread(await world.card("Approve production"), "0 of 2 approvals")

        await _press_on_card(tab)
        await expect(tab.form).to_contain_text("You started pipeline #29.")
        await tab.page.keyboard.press("Escape")
        assert not await list_approvals(world)

        await tab.be("Eve Evans", "deploys")
        await _press_on_card(tab)
        await tab.form.get_by_label("Why is this right?").fill("OPS-12")
        await tab.form.get_by_test_id("modal-submit").click()
        await expect(tab.card("release")).to_contain_text(f"approved {HOLD} (1 of 2) — “OPS-12”")
        assert not await list_approvals(world)

        await tab.be("Grace", "deploys")
        await tab.type(f"/circle approve gh/acme/web {HOLD} --reason Tested")
        await expect(tab.card("release")).to_contain_text(f"@Grace Green approved {HOLD} — “Tested”")
        await expect(tab.card("release").get_by_role("button", name="Approve production")).to_have_count(0)
        told = get_text(await world.thread(await world.card("release"), "2 of 2 approvals"))
        assert all(one in told for one in (EVE, "OPS-12", GRACE, "Tested"))
        assert len(await list_approvals(world)) == 1


async def _press_on_card(tab: BrowserTab) -> None:
    await tab.card("release").get_by_role("button", name="Approve production…").click()
