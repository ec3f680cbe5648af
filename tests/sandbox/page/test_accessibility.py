"""axe finds nothing serious on any part of the page: desktop and phone, light and dark, with every block."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal

import pytest
from playwright.async_api import Page, expect

from tests.sandbox.page.page_harness import PageHarness, composer, list_grave, messages, plain
from tests.sandbox.slack.block_kit import samples

SIZES: dict[str, Any] = {"desktop": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
IN_MESSAGES = [*samples.EVERYWHERE, *samples.NOT_IN_MODALS, *samples.MESSAGE_ONLY, *samples.CHARTS]
IN_MODALS = [*samples.EVERYWHERE, *samples.MODAL_ONLY]
TEXT = "<https://example.com|a link>, <@U0GRACE>, <#C0WEB>, <@U0ADA>, `code`\n> quoted\n```a block of code```"

Show = Callable[[PageHarness, Page], Awaitable[Any]]


async def show_channel(harness: PageHarness, page: Page) -> None:
    """Every block in a message of its own: some kinds may stand only once in one."""
    await page.goto(f"{harness.url}/#as=U0ADA&channel=C0DEPLOYS")
    if await messages(page).count():
        return
    ts = await harness.app.post(TEXT, attachments=[{"color": "#36a64f", "text": TEXT, "title": "Attached"}])
    await harness.app.post("a reply", thread_ts=ts)
    await harness.app.slack.reactions_add(channel="C0DEPLOYS", timestamp=ts, name="tada")
    await harness.app.slack.chat_postEphemeral(channel="C0DEPLOYS", user="U0ADA", text="Only you see this")
    for block in IN_MESSAGES:
        await harness.app.post(block["type"], blocks=[block])
    await expect(messages(page)).to_have_count(len(IN_MESSAGES) + 2)


async def show_thread(harness: PageHarness, page: Page) -> None:
    await show_channel(harness, page)
    await page.get_by_test_id("thread-bar").click()
    await expect(page.get_by_test_id("thread-messages").get_by_test_id("message")).to_have_count(2)


async def show_modal(harness: PageHarness, page: Page) -> None:
    async def open_form(body: dict[str, Any]) -> None:
        view = {"type": "modal", "title": plain("A form"), "submit": plain("Save"), "blocks": IN_MODALS}
        await harness.app.slack.views_open(trigger_id=body["trigger_id"], view=view)

    await page.goto(f"{harness.url}/#as=U0ADA&channel=C0WEB")
    if not await page.get_by_test_id("modal").count():
        harness.app.on_command = open_form
        await composer(page).fill("/circle form")
        await composer(page).press("Enter")
    await expect(page.get_by_test_id("modal")).to_be_visible()


async def show_home(harness: PageHarness, page: Page) -> None:
    harness.app.home = {"type": "home", "blocks": [*samples.EVERYWHERE, *samples.NOT_IN_MODALS[:2]]}
    await page.goto(f"{harness.url}/#as=U0ADA&channel=D0ADA&tab=home")
    await expect(page.get_by_test_id("home").locator("[data-block-type=header]")).to_be_visible()


async def show_panel(_: PageHarness, page: Page) -> None:
    """Pipelines, breaks (one of them on) and rules, all unfolded. On a phone the panel makes way first."""
    if page.viewport_size == SIZES["phone"]:
        await expect(page.get_by_test_id("panel")).to_be_hidden()
        await page.get_by_test_id("panel-toggle").click()
    await expect(page.get_by_test_id("pipeline").first).to_be_visible()
    await page.get_by_test_id("panel").evaluate(
        "panel => panel.querySelectorAll('details').forEach((one) => (one.open = true))"
    )
    if not await page.get_by_role("switch", checked=True).count():
        await page.get_by_role("switch", name="Slack says 429").click()
    await expect(page.get_by_test_id("incident")).to_be_visible()


async def show_drawer(_: PageHarness, page: Page) -> None:
    if await page.get_by_test_id("drawer-button").is_visible():
        await page.get_by_test_id("drawer-button").click()


async def show_menu(harness: PageHarness, page: Page) -> None:
    await show_channel(harness, page)
    await messages(page).last.hover()
    await messages(page).last.get_by_role("button", name="More actions").first.click()
    await expect(page.get_by_test_id("menu")).to_be_visible()


SCENES: dict[str, Show] = {
    "channel": show_channel,
    "thread": show_thread,
    "modal": show_modal,
    "home": show_home,
    "panel": show_panel,
    "drawer": show_drawer,
    "menu": show_menu,
}


@pytest.mark.parametrize("show", SCENES.values(), ids=SCENES)
async def test_axe_finds_nothing_serious(harness: PageHarness, show: Show) -> None:
    page, grave = await harness.open(), list[str]()
    for width, size in SIZES.items():
        for scheme in SCHEMES:
            await page.set_viewport_size(size)
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await show(harness, page)
            grave += await list_grave(page, f"{width}, {scheme}")
            await page.keyboard.press("Escape")
    assert not grave, "\n".join(grave)


async def test_every_block_that_the_sandbox_takes_is_shown(harness: PageHarness) -> None:
    page = await harness.open()
    await show_channel(harness, page)
    assert await page.locator(".unsupported").all_inner_texts() == []


async def test_axe_sees_what_is_wrong(harness: PageHarness) -> None:
    page = await harness.open()
    await page.evaluate("document.getElementById('app').append(document.createElement('button'))")
    assert any("button-name" in each for each in await list_grave(page, "here"))
