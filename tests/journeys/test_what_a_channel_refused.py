"""In the browser: a channel is archived and refuses; an admin sees it, mends it, retries, and it arrives once."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from tests.journeys.browser_tab import BrowserTab, open_tab
from tests.plugins.world import WEB, run_world

WITHIN_MS = 20_000
expect.set_options(timeout=WITHIN_MS)


async def test_an_admin_mends_what_an_archived_channel_refused(browser: Browser, tmp_path: Path) -> None:
    async with run_world(tmp_path, socket_mode=True) as world, open_tab(browser, world, within_ms=WITHIN_MS) as tab:
        await world.connect()
        await world.say("/circle subscribe gh/acme/web --branch * --only failed", channel=WEB)
        await world.message("subscribed", channel=WEB)
        await _choose_in_channel(tab, "web", "Archive channel")
        pushed = await world.control("push", project="gh/acme/web", branch="broken")
        await world.message("I could not post in", channel="D0ADA")
        await _open_home(tab.page)
        await tab.page.get_by_role("button", name="Administration").click()
        await expect(tab.page.get_by_text(re.compile(r"messages? could not be said\."))).to_be_visible()
        await _choose_in_channel(tab, "web", "Unarchive channel")
        await tab.page.get_by_test_id("channel").filter(has_text="deploys").click()
        await tab.type("/circle undelivered")
        await expect(tab.newest).to_contain_text("The channel is archived. Unarchive it, then retry.")
        await tab.newest.get_by_role("button", name=re.compile("^Retry")).click()
        await expect(tab.newest).to_contain_text("as soon as possible")
        await tab.page.get_by_test_id("channel").filter(has_text="web").click()
        await expect(tab.messages.filter(has_text=f"#{pushed['number']} on")).to_have_count(1)


async def _choose_in_channel(tab: BrowserTab, channel: str, deed: str) -> None:
    await tab.page.get_by_test_id("channel").filter(has_text=channel).click()
    await tab.page.locator(".head-button").click()
    await tab.page.get_by_test_id("menu").get_by_text(deed).click()


async def _open_home(page: Page) -> None:
    await page.get_by_test_id("channel").filter(has_text="circlebot").click()
    await page.get_by_test_id("tab-home").click()
