"""What the ⋯ of a message offers, in a real browser, on a desktop and on a phone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from tests.journeys.browser_tab import BrowserTab, open_tab
from tests.plugins.world import World, run_world

WITHIN_MS = 40_000
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


@pytest_asyncio.fixture(loop_scope="session", params=SIZES)
async def tab(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> AsyncIterator[BrowserTab]:
    """Ada, connected, in #deploys, whose project is gh/acme/web; a pipeline of it has failed."""
    width, height = SIZES[request.param]
    async with asyncio.timeout(180), run_world(tmp_path, socket_mode=True) as world:
        await world.connect()
        await world.say("/circle trigger gh/acme/web --branch broken image-tag=4.8.2")
        await world.card("*failed*")
        size = {"width": width, "height": height}
        touched = request.param == "phone"
        async with open_tab(browser, world, within_ms=WITHIN_MS, viewport=size, has_touch=touched) as one:
            one.size = request.param
            yield one


async def test_a_failure_is_rerun_from_the_menu_of_its_card(tab: BrowserTab) -> None:
    await _choose(tab, tab.card("broken"), "Rerun from failed")
    await expect(tab.form).to_contain_text("run again, in your name", timeout=WITHIN_MS)
    await tab.form.get_by_test_id("modal-submit").click()
    await expect(tab.form).to_have_count(0, timeout=WITHIN_MS)
    (sent,) = await _list_posts(tab.world, "/rerun")
    assert sent["body"] == {"from_failed": True}


async def test_the_form_comes_filled_in_from_the_menu(tab: BrowserTab) -> None:
    await _choose(tab, tab.card("broken"), "Trigger again…")
    await expect(tab.form.get_by_label("image-tag")).to_have_value("4.8.2", timeout=WITHIN_MS)
    await tab.form.get_by_test_id("modal-close").click()


async def _choose(tab: BrowserTab, message: Locator, shortcut: str) -> None:
    """In the ⋯ of this message, which a tap brings where nothing hovers."""
    await (message.tap(position={"x": 200, "y": 8}) if tab.size == "phone" else message.hover())
    tools = message.get_by_role("toolbar", name="Message actions")
    await tools.get_by_role("button", name="More actions").click()
    await tab.page.get_by_role("menuitem", name=shortcut).click()


async def _list_posts(world: World, path: str) -> list[dict[str, object]]:
    return [call for call in await world.list_requests(path) if call["method"] == "POST"]
