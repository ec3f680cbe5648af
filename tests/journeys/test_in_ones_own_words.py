"""What somebody says who knows no command: on a desktop and on a phone, with nothing that hangs over."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.journeys.browser_tab import BrowserTab, open_tab
from tests.plugins.world import run_world
from tests.sandbox.page.page_harness import list_hanging_over

WITHIN_MS = 40_000
WIDTHS = {"desktop": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}


async def _ask(tab: BrowserTab, said: str, says: str) -> Locator:
    await tab.type(f"@circlebot {said}")
    answer = tab.messages.filter(has_text=says).last
    await expect(answer).to_be_visible()
    return answer


async def _tell_the_story(tab: BrowserTab, width: str) -> None:
    await tab.type("/circle use gh/acme/web")
    await expect(tab.messages.filter(has_text="default project").first).to_be_visible()
    await _ask(tab, "is main green?", "is green")
    await _ask(tab, "who broke broken", "is red since")
    why = await _ask(tab, "why did it fial??", "failed tests")
    await expect(why.get_by_role("button", name="Show Log")).to_be_visible()
    await _ask(tab, "deploy production", "Trigger a pipeline: acme/web")
    rerun = await _ask(tab, "can you rerun the failed one please", "Rerun from Failed: build-and-test")
    assert await list_hanging_over(tab.page) == []
    assert not await tab.world.list_requests("/rerun")
    await rerun.get_by_role("button", name="Rerun from Failed").click()
    await expect(tab.messages.filter(has_text="reran build-and-test from failed").last).to_be_visible()
    assert len(await tab.world.list_requests("/rerun")) == 1


@pytest.mark.parametrize("width", WIDTHS)
async def test_questions_are_answered_and_acts_are_proposed(browser: Browser, tmp_path: Path, width: str) -> None:
    expect.set_options(timeout=WITHIN_MS)
    async with (
        asyncio.timeout(180),
        run_world(tmp_path, socket_mode=True, speed=5) as world,
        open_tab(browser, world, within_ms=WITHIN_MS, viewport=WIDTHS[width]) as tab,
    ):
        await world.connect()
        await _tell_the_story(tab, width)
