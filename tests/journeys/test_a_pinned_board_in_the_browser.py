"""What runs where, pinned to the channel: it follows a deploy, an approval and a rollback by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ViewportSize, expect

from tests.journeys.browser_tab import open_tab
from tests.plugins.world import ADA, World, run_world

WITHIN_MS = 40_000
WEB = "gh/acme/web"
DESKTOP, PHONE = ViewportSize(width=1280, height=860), ViewportSize(width=390, height=800)

expect.set_options(timeout=WITHIN_MS)


@pytest_asyncio.fixture(loop_scope="session")
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with asyncio.timeout(120), run_world(tmp_path, socket_mode=True, speed=5) as world:
        await world.connect(as_=ADA)
        yield world


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_a_pinned_board_follows_each_deploy(browser: Browser, world: World, size: ViewportSize) -> None:
    async with open_tab(browser, world, within_ms=WITHIN_MS, viewport=size) as tab:
        await tab.type(f"/circle subscribe {WEB} --only deployed,rolled-back")
        await expect(tab.messages.filter(has_text="subscribed this channel")).to_be_visible()
        await tab.type("/circle deploys --pin")
        board = tab.messages.filter(has_text="I keep this up to date")
        await expect(board.get_by_test_id("pin-mark")).to_be_visible()

        number = await ship(world)
        await expect(board).to_contain_text(f"staging runs 1.0.{number}")
        run = next(one for one in await world.list_pipelines() if one["number"] == number)["workflows"][0]
        await world.control("decide", workflow_id=run["id"], hold="approve-production")
        await world.control("advance", seconds=60)
        await expect(board).to_contain_text(f"production runs 1.0.{number}")

        await tab.page.get_by_test_id("pins").click()
        await tab.page.get_by_test_id("menu").get_by_text("What runs where").click()
        await expect(board).to_be_in_viewport()
        overflows = await board.evaluate("each => each.scrollWidth > each.clientWidth")
        assert not overflows

        await tab.type("/circle deploys --unpin")
        await expect(tab.messages.filter(has_text="no longer kept up to date here")).to_be_visible()
        await expect(tab.page.get_by_test_id("pins")).to_have_count(0)


async def ship(world: World) -> int:
    pushed = await world.control("push", project=WEB, branch="ship", subject="Ship the basket", author="ada")
    await world.control("advance", seconds=60)
    number: int = pushed["number"]
    return number
