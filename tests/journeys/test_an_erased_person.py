"""In the browser: Ada takes her data, erases herself, and reads what a stranger reads; Grace reads who was it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.journeys.browser_tab import BrowserTab, open_tab
from tests.plugins.world import GRACE, run_world

WITHIN_MS = 40_000

expect.set_options(timeout=WITHIN_MS)


@pytest_asyncio.fixture(loop_scope="session")
async def tab(browser: Browser, tmp_path: Path) -> AsyncIterator[BrowserTab]:
    async with (
        asyncio.timeout(120),
        run_world(tmp_path, socket_mode=True, speed=5) as world,
        open_tab(browser, world, within_ms=WITHIN_MS, viewport={"width": 1280, "height": 900}) as tab,
    ):
        await world.connect()
        await world.connect(as_=GRACE)
        yield tab


async def test_one_takes_ones_data_and_is_erased(tab: BrowserTab) -> None:
    await tab.type("/circle subscribe acme/web --only failed")
    await expect(tab.messages.filter(has_text="subscribed this channel")).to_have_count(1)
    await tab.type("/circle me --export")
    await tab.world.file("circlebot keeps", channel="D0ADA")

    await tab.type("/circle me --erase")
    await expect(tab.form).to_contain_text("This goes")
    await expect(tab.form).to_contain_text("Rules that you made")
    await tab.form.get_by_test_id("modal-submit").click()
    await expect(tab.messages.filter(has_text="I know nothing about you any more")).to_have_count(1)

    await tab.type("/circle status acme/web")
    await expect(tab.newest).to_contain_text("Connect your CircleCI account first")
    await tab.world.say("/circle subscriptions", as_=GRACE)
    await tab.world.reply("owned by somebody who was erased", as_=GRACE)
