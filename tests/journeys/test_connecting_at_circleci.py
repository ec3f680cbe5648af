"""In the browser: CircleCI's own page, the dead one after it, and the address that is brought back from there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, Request, expect

from bot.circleci.sign_in_api import RETURN_URL
from tests.journeys.browser_tab import BrowserTab, open_tab
from tests.plugins.world import run_world

WITHIN_MS = 40_000

expect.set_options(timeout=WITHIN_MS)


@pytest_asyncio.fixture(loop_scope="session")
async def tab(browser: Browser, tmp_path: Path) -> AsyncIterator[BrowserTab]:
    async with (
        asyncio.timeout(120),
        run_world(tmp_path, socket_mode=True, speed=5) as world,
        open_tab(browser, world, within_ms=WITHIN_MS, viewport={"width": 1280, "height": 900}) as tab,
    ):
        yield tab


def _is_dead_page(request: Request) -> bool:
    return request.url.startswith(RETURN_URL)


async def _visit(tab: BrowserTab, press: str, scope: str | None = None) -> str:
    """The address of the page that does not load."""
    async with tab.page.context.expect_page() as opened:
        await tab.form.get_by_role("link", name="Authorize at CircleCI").click()
    page = await opened.value
    await expect(page.get_by_role("heading", name="Authorize an application")).to_be_visible()
    if scope:
        await page.get_by_label(scope).check()
    async with page.expect_event("requestfailed", _is_dead_page) as failed:
        await page.get_by_role("button", name=press).click()
    address = (await failed.value).url
    await page.close()
    return address


async def _paste(tab: BrowserTab, address: str) -> None:
    await tab.form.get_by_label("The address, or the token").fill(address)
    await tab.form.get_by_test_id("modal-submit").click()


async def test_to_deny_to_allow_reading_and_to_allow_writing(tab: BrowserTab) -> None:
    await tab.type("/circle connect")
    await _paste(tab, await _visit(tab, "Deny"))
    await expect(tab.form).to_contain_text("You did not allow it at CircleCI: nothing was connected.")

    await _paste(tab, await _visit(tab, "Allow", "Read"))
    await expect(tab.newest).to_contain_text("Connected as Ada (ada)")
    await tab.type("/circle trigger acme/web --branch main image-tag=1")
    await expect(tab.newest).to_contain_text("your token may only read")

    await tab.newest.get_by_role("button", name="Connect Again").click()
    await _paste(tab, await _visit(tab, "Allow", "Write"))
    await expect(tab.messages.filter(has_text="Connected as Ada (ada)")).to_have_count(2)
    await tab.type("/circle trigger acme/web --branch main image-tag=1")
    await expect(tab.card("main")).to_be_visible()
