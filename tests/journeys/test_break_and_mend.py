"""Something breaks while CircleCI goes on, and is mended: nothing is lost, nothing said twice, and the page says so."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.journeys.demo_page import WITHIN_MS, DemoPage, open_demo
from tests.plugins.slack_users import SlackUsers
from tests.plugins.world import World

expect.set_options(timeout=WITHIN_MS)


@pytest.mark.parametrize(
    ("name", "meanwhile"),
    [
        ("slack-limit", "while Slack refused messages"),
        ("slack-outage", "while Slack was down"),
        ("circleci-outage", "while CircleCI was down"),
    ],
)
async def test_what_happens_during_an_outage_is_posted_once(connected_world: World, name: str, meanwhile: str) -> None:
    await connected_world.say("/circle subscribe gh/acme/web")
    await connected_world.message("subscribed this channel")
    await connected_world.control("break", name=name)
    await connected_world.control("push", project="gh/acme/web", branch="broken")
    await _said(connected_world, "2 outcomes wait to be posted")
    await connected_world.control("break", name=name, on=False)
    await _said(connected_world, f"circlebot is back. 2 outcomes {meanwhile}: all posted, none twice.")


async def _said(world: SlackUsers, words: str) -> None:
    async def look() -> bool | None:
        incident = (await world.http.get("/_control/breaks")).json()["incident"]
        return words in incident["words"] or None

    await world.wait_until(look, f"the page to say {words!r}")


@pytest_asyncio.fixture(loop_scope="session")
async def demo(browser: Browser) -> AsyncIterator[DemoPage]:
    async with open_demo(browser) as opened:
        yield opened


async def test_a_bot_that_is_killed_and_started_again_has_lost_nothing(demo: DemoPage) -> None:
    world, page = demo.users, demo.page
    await world.connect()
    await world.say("/circle subscribe gh/acme/web")
    await world.message("subscribed this channel")
    killed = page.get_by_role("switch", name="circlebot is killed")
    await killed.click()
    await expect(page.get_by_test_id("incident")).to_contain_text("circlebot is killed: commands and buttons fail.")
    await page.get_by_label("CircleCI runs").select_option("fast")
    await page.get_by_role("button", name="Push to broken").click()
    await expect(page.get_by_test_id("incident")).to_contain_text("2 outcomes wait to be posted.")
    await killed.click()
    said = "circlebot is back. 2 outcomes while circlebot was away: all posted, none twice."
    await expect(page.get_by_test_id("incident")).to_contain_text(said)
    await expect(page.get_by_test_id("incident-words")).to_have_text(said)
    await page.get_by_test_id("incident").get_by_role("button", name="Dismiss").click()
    await expect(page.get_by_test_id("incident")).to_have_count(0)
