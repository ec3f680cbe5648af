"""Something breaks while CircleCI goes on, and is mended: nothing is lost, nothing said twice, and the page says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from playwright.async_api import Page, expect

from bot.operating.demo import DemoBot
from bot.slack.manifest import build_manifest
from sandbox import server
from sandbox.slack import AppSetup
from tests.plugins.browser import launch_browser
from tests.plugins.slack_users import SlackUsers
from tests.plugins.world import World

WITHIN_MS = 60_000

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


@pytest.fixture
async def demo() -> AsyncIterator[tuple[SlackUsers, Page]]:
    """What `circlebot demo` is: a bot in a process of its own, and Ada in front of the page."""
    listening, url = server.bind_socket()
    app = server.create_app(public_url=url, setup=AppSetup(manifest=build_manifest(url=None)))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(asyncio.timeout(150))
        await stack.enter_async_context(server.serving(app, sockets=[listening]))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=60))
        bot = DemoBot(url, app.state.sandbox)
        stack.push_async_callback(bot.stop)
        await bot.start()
        app.state.sandbox.breaks.bot = bot
        browser = await stack.enter_async_context(launch_browser())
        page = await browser.new_page(viewport={"width": 1280, "height": 860})
        page.set_default_timeout(WITHIN_MS)
        await page.goto(f"{url}/#as=U0ADA&channel=C0DEPLOYS")
        yield SlackUsers(url, http), page
        await page.close()


async def test_a_bot_that_is_killed_and_started_again_has_lost_nothing(demo: tuple[SlackUsers, Page]) -> None:
    world, page = demo
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
