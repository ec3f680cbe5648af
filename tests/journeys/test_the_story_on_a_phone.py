"""The story of the browser on a phone: by touch, 390 pixels wide, with nothing that hangs over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.journeys.browser_tab import BrowserTab, open_tab
from tests.plugins.world import run_world
from tests.sandbox.page.page_harness import list_hanging_over

WITHIN_MS = 40_000
PHONE = {"width": 390, "height": 844}

expect.set_options(timeout=WITHIN_MS)


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser, tmp_path: Path) -> AsyncIterator[BrowserTab]:
    """Ada, connected, in #deploys on her phone."""
    async with (
        asyncio.timeout(120),
        run_world(tmp_path, socket_mode=True, speed=5) as world,
        open_tab(browser, world, within_ms=WITHIN_MS, viewport=PHONE, has_touch=True, is_mobile=True) as tab,
    ):
        await world.connect()
        yield tab


async def tap_channel(phone: BrowserTab, name: str) -> None:
    await phone.page.get_by_test_id("drawer-button").tap()
    await phone.page.get_by_test_id("channel").filter(has_text=name).tap()
    await expect(phone.page.get_by_test_id("channel-head")).to_contain_text(name)


async def see(phone: BrowserTab, name: str) -> None:
    """Nothing hangs over; the picture is kept."""
    assert await list_hanging_over(phone.page) == []


async def test_a_failure_is_read_and_rerun_by_touch(phone: BrowserTab) -> None:
    await tap_channel(phone, "web")
    await phone.type("/circle trigger gh/acme/web --branch broken")
    card = phone.card("broken")
    await expect(card).to_contain_text("failed")
    await see(phone, "card-failed")
    await card.get_by_test_id("thread-bar").tap()
    await expect(phone.thread).to_contain_text("test_total_includes_the_discount")
    await see(phone, "failure-thread")
    await phone.page.get_by_role("button", name="Close thread").tap()
    await card.get_by_test_id("overflow").tap()
    await phone.page.get_by_text("Rerun from failed", exact=True).tap()
    await expect(card).to_contain_text("running")


async def test_a_form_is_filled_and_the_home_read_by_touch(phone: BrowserTab) -> None:
    await phone.type("/circle trigger")
    await phone.choose_and_see_it_drawn_again("Project", "we", "gh/acme/web")
    await see(phone, "trigger-form")
    await phone.page.get_by_test_id("modal-close").tap()
    await expect(phone.page.get_by_test_id("modal")).to_have_count(0)
    await tap_channel(phone, "circlebot")
    await phone.page.get_by_test_id("tab-home").tap()
    await expect(phone.page.get_by_test_id("home").get_by_test_id("button").first).to_be_visible()
    await see(phone, "home")
    await phone.page.get_by_test_id("panel-toggle").tap()
    await expect(phone.page.get_by_test_id("pipeline").first).to_be_visible()
    await see(phone, "panel")


SIDEWAYS = """() => [...document.querySelectorAll('[data-testid="message"] *')]
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .filter((one) => ["auto", "scroll"].includes(getComputedStyle(one).overflowX))
  .map((one) => one.innerText)"""
"""What of a message one would have to push aside to read."""


async def test_what_runs_where_and_how_deploys_fare_is_read_without_pushing_anything_aside(phone: BrowserTab) -> None:
    for branch in ("ship", "bad-release"):
        await phone.world.control("push", project="gh/acme/web", branch=branch)
        await phone.world.control("advance", seconds=60)
    for more, says in (("", "what runs where"), ("--report", "Change failure rate:"), ("--timeline", "last 14 days")):
        await phone.type(f"/circle deploys gh/acme/web {more}")
        await expect(phone.newest).to_contain_text(says)
        assert await phone.page.evaluate(SIDEWAYS) == []
        await see(phone, f"deploys{more}")
