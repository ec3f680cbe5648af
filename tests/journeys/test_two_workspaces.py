"""Two workspaces have the same bot: people change between them, and nothing of one is seen in the other."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.journeys.demo_page import WITHIN_MS, DemoPage, open_demo

expect.set_options(timeout=WITHIN_MS)


@pytest_asyncio.fixture(loop_scope="session")
async def demo(browser: Browser) -> AsyncIterator[DemoPage]:
    async with open_demo(browser) as opened:
        yield opened


def _list_messages(page: Page) -> Locator:
    return page.get_by_test_id("messages").get_by_test_id("message")


async def _type(page: Page, line: str) -> None:
    field = page.get_by_test_id("composer").get_by_test_id("composer-field")
    await field.fill(line)
    await field.press("Enter")


async def test_nothing_of_one_workspace_is_seen_in_the_other(demo: DemoPage) -> None:
    users, page = demo.users, demo.page
    await users.connect()
    await users.say("/circle subscribe gh/acme/web")
    await users.message("subscribed this channel")

    await page.get_by_role("button", name="Workspace Agency").click()
    await expect(page.get_by_test_id("team-name")).to_have_text("Agency")
    await expect(page.get_by_test_id("person")).to_have_text(["LLLin", "OOOmar"])
    await expect(page.get_by_test_id("channel")).to_have_text(["acme", "studio", "circlebot"])
    await _type(page, "/circle subscriptions")
    await expect(_list_messages(page).last).to_contain_text("This channel gets no messages.")
    await _type(page, "/circle subscribe gh/acme/web")
    await _list_messages(page).last.get_by_role("button", name="Connect CircleCI").click()
    await page.get_by_test_id("modal").get_by_label("The address, or the token").fill("CCIPAT_lin")
    await page.get_by_test_id("modal-submit").click()
    await expect(_list_messages(page).filter(has_text="subscribed this channel")).to_contain_text("@Lin")
    await users.control("pace", pace="fast")
    await page.get_by_role("button", name="Push to broken").click()
    await expect(_list_messages(page).filter(has_text="failed").first).to_contain_text("acme/web #")
    await expect(page.locator("#workspace")).not_to_contain_text("Ada")
    await users.card("*failed*")
    assert "Lin" not in str(await users.list_messages("C0WEB"))
    own = [one for one in await users.list_messages() if "subscribed this channel" in one["text"]]
    assert len(own) == 1

    await page.get_by_role("button", name="Workspace Sandbox").click()
    await expect(page.get_by_test_id("team-name")).to_have_text("Sandbox")
    await expect(_list_messages(page).filter(has_text="subscribed this channel")).to_contain_text("@Ada")
