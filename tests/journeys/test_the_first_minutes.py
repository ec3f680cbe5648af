"""The first five minutes in the browser: the bot's tour and the list in the panel tick the same, as Ada goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.blocks import first_steps_blocks
from bot.blocks.first_steps_blocks import FirstSteps
from sandbox.first_minutes import MINUTES
from tests.journeys.browser_tab import BrowserTab, open_tab
from tests.plugins.block_reader import get_text
from tests.plugins.world import World, run_world

WITHIN_MS = 40_000

expect.set_options(timeout=WITHIN_MS)


def test_the_panel_lists_the_steps_of_the_tour() -> None:
    shown = get_text(list(first_steps_blocks.render_tour(FirstSteps(None)).blocks))
    titles = [f"*{number}. {each.title}*" for number, each in enumerate(MINUTES, 1)]
    assert [title for title in titles if title in shown] == titles
    assert [each.line for each in MINUTES if each.title.startswith("Ask why")] == ["/circle why acme/web"]


@pytest_asyncio.fixture(loop_scope="session")
async def tab(browser: Browser, tmp_path: Path) -> AsyncIterator[BrowserTab]:
    async with (
        asyncio.timeout(120),
        run_world(tmp_path, socket_mode=True, speed=5) as world,
        open_tab(browser, world, within_ms=WITHIN_MS, viewport={"width": 1280, "height": 1200}) as tab,
    ):
        yield tab


async def test_the_tour_is_walked_from_start_to_end_and_ticked_off_twice(tab: BrowserTab) -> None:
    panel = tab.page.get_by_test_id("minutes")
    await expect(panel).to_contain_text("0 of 6 done")
    await tab.type("/circle tour")
    await tab.connect("CCIPAT_ada")
    await expect(tab.messages.filter(has_text="Tour: 1 of 6 steps done")).to_be_visible()
    await expect(panel).to_contain_text("1 of 6 done")
    await _write(tab, "/circle use acme/web")
    await expect(panel).to_contain_text("2 of 6 done")
    await _write(tab, "/circle trigger acme/web --branch broken")
    await expect(tab.card("broken")).to_contain_text("failed")
    await expect(panel).to_contain_text("4 of 6 done")
    await tab.card("broken").get_by_test_id("overflow").click()
    await tab.page.get_by_text("Rerun from failed", exact=True).click()
    await expect(panel).to_contain_text("5 of 6 done")
    hints = tab.page.get_by_test_id("hints")
    await expect(hints).to_be_visible()
    await _write(tab, "/circle subscribe acme/web")
    await expect(panel).to_contain_text("6 of 6 done")
    await expect(hints).to_have_count(0)
    await expect(panel.get_by_role("listitem").filter(has_text="(done)")).to_have_count(6)
    await tab.type("/circle tour")
    await expect(tab.messages.filter(has_text="That was the tour.")).to_be_visible()


async def test_a_step_that_was_ticked_stays_so_while_the_pipeline_is_rerun(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch slow")
    await connected_world.press(await connected_world.card("*running*"), "Cancel Workflow")
    await connected_world.card("*canceled*")
    await connected_world.say("/circle rerun gh/acme/web build-and-test")
    await connected_world.reply("is rerunning")
    await connected_world.card("*running*")
    await connected_world.say("/circle tour")
    assert "4. A pipeline of yours ended" in get_text(await connected_world.reply("Tour: "))
    panel = (await connected_world.http.get("/_page/circleci", params={"as": "U0ADA"})).json()
    assert [each["is_done"] for each in panel["minutes"] if each["title"] == "Watch its card"] == [True]


async def _write(tab: BrowserTab, line: str) -> None:
    """By the panel's own button, and Enter."""
    await tab.page.get_by_test_id("minutes").get_by_role("button", name=f"Write {line}").click()
    await tab.page.get_by_test_id("composer").get_by_test_id("composer-field").press("Enter")
