"""The story that a new person lives, in a real browser, with the real bot behind it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.journeys.browser_tab import BrowserTab, open_tab
from tests.plugins.world import run_world

WITHIN_MS = 40_000
SLOW_MOTION = 0.01

expect.set_options(timeout=WITHIN_MS)


@pytest_asyncio.fixture(loop_scope="session")
async def tab(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> AsyncIterator[BrowserTab]:
    """Ada in #deploys, the bot in Socket Mode, a CircleCI five times as fast as the clock unless a test says else."""
    speed = getattr(request, "param", 5)
    async with (
        asyncio.timeout(120),
        run_world(tmp_path, socket_mode=True, speed=speed) as world,
        open_tab(browser, world, within_ms=WITHIN_MS, viewport={"width": 1400, "height": 900}) as one,
    ):
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def ada(tab: BrowserTab) -> BrowserTab:
    """Ada, connected."""
    await tab.world.connect()
    return tab


@pytest.mark.parametrize("tab", [SLOW_MOTION], indirect=True)
async def test_a_trigger_asks_to_connect_and_goes_on_by_itself(tab: BrowserTab) -> None:
    await tab.type("/circle trigger gh/acme/web --branch main image-tag=4.8.2")
    await expect(tab.newest).to_contain_text("Connect CircleCI")
    await tab.connect("CCIPAT_ada")
    card = tab.card("main")
    for word, then_s in {"pending": 2, "running": 60, "success": 0}.items():
        await expect(card).to_contain_text(f"on main — {word}")
        await tab.world.control("advance", seconds=then_s)
    await expect(card).to_contain_text("image-tag=4.8.2")
    await expect(tab.messages.filter(has_text=re.compile(r"#\d+ on"))).to_have_count(1)


async def test_the_form_has_an_input_for_every_parameter(ada: BrowserTab) -> None:
    await ada.type("/circle trigger")
    await ada.choose_and_see_it_drawn_again("Project", "we", "gh/acme/web")
    await ada.choose_and_see_it_drawn_again("Branch", "ma", "main")
    await expect(ada.form.get_by_label("image-tag")).to_have_value("latest")
    await ada.form.get_by_label("image-tag").fill("4.9.0")
    await ada.form.get_by_label("replicas").fill("3")
    await ada.choose("environment", "prod", "=production")
    await ada.form.get_by_test_id("modal-submit").click()
    await expect(ada.form).to_have_count(0)
    await expect(ada.card("main")).to_contain_text("image-tag=4.9.0")
    await expect(ada.card("main")).to_contain_text("environment=production")


async def test_a_failure_shows_its_test_and_log_and_is_rerun(ada: BrowserTab) -> None:
    await ada.type("/circle trigger gh/acme/web --branch broken")
    card = ada.card("broken")
    await expect(card.get_by_role("button", name="Show Log")).to_be_visible()
    await expect(card).to_contain_text("test_total_includes_the_discount")
    await card.get_by_role("button", name="I'm Looking").click()
    await expect(card).to_contain_text("is looking")
    await card.get_by_test_id("overflow").click()
    await ada.page.keyboard.press("Escape")
    await card.get_by_test_id("thread-bar").click()
    await expect(ada.thread).to_contain_text("test_total_includes_the_discount")
    await expect(ada.thread).to_contain_text("2 failed tests")
    await expect(ada.thread).to_contain_text("@Ada")
    await expect(ada.thread).not_to_contain_text("PASSED")
    await ada.thread.get_by_text("2 failed tests").scroll_into_view_if_needed()
    await card.get_by_test_id("overflow").click()
    await ada.page.get_by_text("Rerun from failed", exact=True).click()
    await expect(card).to_contain_text("reran build-and-test from failed")
    await expect(card).to_contain_text("running")


async def test_the_right_one_of_two_holds_is_approved(ada: BrowserTab) -> None:
    await ada.type("/circle trigger gh/acme/web --branch release")
    card = ada.card("release")
    await expect(card.get_by_role("button", name="Approve staging")).to_be_visible()
    await ada.confirm(card.get_by_role("button", name="Approve production"))
    await expect(card.get_by_role("button", name="Approve production")).to_be_hidden()
    await expect(card.get_by_role("button", name="Approve staging")).to_be_visible()
    await expect(card).to_contain_text("approved")


async def test_a_slow_pipeline_is_cancelled(ada: BrowserTab) -> None:
    await ada.type("/circle trigger gh/acme/web --branch slow")
    card = ada.card("slow")
    await expect(card).to_contain_text("running")
    await ada.confirm(card.get_by_role("button", name="Cancel Workflow"))
    await expect(card).to_contain_text("canceled")
    await expect(card.get_by_role("button", name="Cancel Workflow")).to_be_hidden()


async def test_a_subscribed_channel_hears_what_circleci_started_by_itself(ada: BrowserTab) -> None:
    await ada.type("/circle subscribe gh/acme/web")
    await expect(ada.messages.filter(has_text="subscribed this channel to")).to_be_visible()
    await expect(ada.messages.filter(has_text="subscribed this channel to")).to_be_visible()
    await ada.page.get_by_role("button", name="Push to broken").click()
    card = ada.card("broken")
    await expect(card).to_contain_text("failed")
    await card.get_by_test_id("thread-bar").click()
    await expect(ada.thread).to_contain_text("test_total_includes_the_discount")


async def test_the_home_shows_what_waits_and_its_settings_what_one_follows(ada: BrowserTab) -> None:
    await ada.type("/circle trigger gh/acme/web --branch release")
    await expect(ada.card("release").get_by_role("button", name="Approve staging")).to_be_visible()
    await ada.type("/circle subscribe gh/acme/web --only failed,recovered")
    await ada.page.get_by_test_id("channel").filter(has_text="circlebot").click()
    await ada.page.get_by_test_id("tab-home").click()
    home = ada.page.get_by_test_id("home")
    await expect(home).to_contain_text("Waiting for you")
    await home.get_by_role("button", name="Change Settings…").click()
    await expect(ada.form).to_contain_text("failures and recoveries")


async def test_what_is_typed_is_answered_to_be_read(ada: BrowserTab) -> None:
    """Pictures of the answers that only one person sees."""
    lines = ["help", "help rerun", "whoami", "projects", "status gh/acme/web", "recent gh/acme/web", "tigger", "rerun"]
    for line in lines:
        await ada.page.goto(f"{ada.world.url}/#as=U0ADA&channel=C0WEB")
        before = await ada.messages.count()
        await ada.type(f"/circle {line}")
        await expect(ada.messages).to_have_count(before + 1)


async def test_a_guest_is_refused_and_whoever_has_no_token_is_told_how_to_get_one(tab: BrowserTab) -> None:
    await tab.be("Gus Grey (guest)", "web")
    await tab.type("/circle status gh/acme/web")
    await expect(tab.newest).to_contain_text("you are a guest in it")
    await tab.be("Eve Evans", "web")
    await tab.type("/circle status gh/acme/web")
    await expect(tab.newest).to_contain_text("Connect your CircleCI account first")
    await expect(tab.newest.get_by_role("button", name="Connect CircleCI")).to_be_visible()
