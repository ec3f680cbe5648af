"""An admin adds a line by the form; whoever it refuses reads which line and whom to ask; the admin undoes it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.journeys.browser_tab import open_tab
from tests.plugins.world import GRACE, run_world

WITHIN_MS = 40_000

expect.set_options(timeout=WITHIN_MS)


async def test_a_line_is_added_explained_felt_and_undone(browser: Browser, tmp_path: Path) -> None:
    async with (
        asyncio.timeout(120),
        run_world(tmp_path, socket_mode=True, speed=5) as world,
        open_tab(browser, world, within_ms=WITHIN_MS, viewport={"width": 1280, "height": 860}) as tab,
    ):
        await world.connect()
        await world.connect(as_=GRACE)
        page = tab.page
        await tab.type("/circle policy")
        await page.get_by_role("button", name="Add a Line…").click()
        await tab.form.get_by_label("User groups and others").fill("@ada")
        await tab.form.get_by_label("Branch", exact=True).fill("main")
        await page.get_by_role("button", name="Continue").click()
        await expect(page.get_by_text("This would change:")).to_be_visible()
        await page.get_by_role("button", name="Change", exact=True).click()
        await expect(page.get_by_text("version 1 counts from now on").last).to_be_visible()
        await tab.type(f"/circle policy explain <@{GRACE}> trigger gh/acme/web --branch main")
        await expect(page.get_by_text("By line 1:").last).to_be_visible()
        await world.say("/circle trigger gh/acme/web --branch main", as_=GRACE)
        await world.reply("Ask <@U0ADA>.", as_=GRACE)
        await tab.type("/circle policy undo")
        await expect(page.get_by_text("version 2 counts from now on").last).to_be_visible()
        await world.say("/circle trigger gh/acme/web --branch main", as_=GRACE)
        await world.card("#", as_=GRACE)
