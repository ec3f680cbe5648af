"""The page on a phone and on a tablet: nothing hangs over, and what lies over the conversation makes way for it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.sandbox.page.page_harness import PageHarness, composer, list_hanging_over, messages, option, plain, section

PHONE, TABLET, DESKTOP = {"width": 390, "height": 844}, {"width": 820, "height": 1100}, {"width": 1280, "height": 860}
WIDTHS = {"phone": PHONE, "tablet": TABLET, "desktop": DESKTOP}

LONG = "a-branch-with-a-name-that-never-ends-and-goes-on-" * 3
CELLS = [[{"type": "raw_text", "text": f"column {column} of row {row}"} for column in range(6)] for row in range(3)]
BUTTONS = [
    {"type": "button", "action_id": f"b{number}", "text": plain(f"Rerun from Failed {number}")} for number in range(4)
]
CROWDED: list[dict[str, Any]] = [
    {"type": "header", "text": plain(LONG)},
    section(f"`{LONG}` and <https://example.com|{LONG}>"),
    {"type": "section", "fields": [plain(LONG), plain(LONG)]},
    {
        **section("One accessory"),
        "accessory": {"type": "overflow", "action_id": "more", "options": [option("x" * 75), option("Copy")]},
    },
    {"type": "context", "elements": [plain(LONG)]},
    {"type": "table", "rows": CELLS},
    {"type": "actions", "elements": BUTTONS},
]


async def open_at(harness: PageHarness, size: Any, **place: str) -> Page:
    page = await harness.open(**place)
    await page.set_viewport_size(size)
    return page


@pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)
async def test_nothing_hangs_over_the_edge(harness: PageHarness, size: Any) -> None:
    page = await open_at(harness, size)
    await harness.app.post("crowded", blocks=CROWDED)
    await expect(messages(page)).to_have_count(1)
    assert await list_hanging_over(page) == []
    await messages(page).get_by_test_id("overflow").click()
    await expect(page.get_by_test_id("menu")).to_be_in_viewport(ratio=1)
    assert await list_hanging_over(page) == []
    await page.keyboard.press("Escape")
    await messages(page).focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("thread-messages").get_by_test_id("message")).to_be_visible()
    assert await list_hanging_over(page) == []


async def test_nothing_hangs_over_on_either_side_of_the_widths_at_which_the_page_changes(harness: PageHarness) -> None:
    page = await harness.open()
    ts = await harness.app.post("crowded", blocks=CROWDED)
    await expect(messages(page)).to_have_count(1)
    for width in (320, 680, 681, 1000, 1001, 1100, 1101, 1360, 1361, 1560, 1561):
        await page.set_viewport_size({"width": width, "height": 640})
        for thread in ("", f"&thread={ts}"):
            await page.goto(f"{harness.url}/#as=U0ADA&channel=C0DEPLOYS{thread}")
            await expect(page.get_by_test_id("thread-messages")).to_have_count(1 if thread else 0)
            assert await list_hanging_over(page) == [], width


@pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)
async def test_a_form_and_the_home_fit(harness: PageHarness, size: Any) -> None:
    async def open_form(body: dict[str, Any]) -> None:
        blocks = [block for block in CROWDED if block["type"] != "table"]
        view = {"type": "modal", "title": plain("A form with a long title"), "close": plain("Done"), "blocks": blocks}
        await harness.app.slack.views_open(trigger_id=body["trigger_id"], view=view)

    harness.app.on_command, harness.app.home = open_form, {"type": "home", "blocks": CROWDED}
    page = await open_at(harness, size)
    await composer(page).fill("/circle form")
    await composer(page).press("Enter")
    await expect(page.get_by_test_id("modal")).to_be_visible()
    assert await list_hanging_over(page) == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("modal")).to_have_count(0)
    await page.goto(f"{harness.url}/#as=U0ADA&channel=D0ADA&tab=home")
    await expect(page.get_by_test_id("home").get_by_test_id("overflow")).to_be_visible()
    assert await list_hanging_over(page) == []


async def test_on_a_phone_the_drawer_holds_the_keyboard_and_closes_by_choice_and_by_escape(
    harness: PageHarness,
) -> None:
    page = await open_at(harness, PHONE)
    channel = page.get_by_test_id("channel").filter(has_text="web")
    button = page.get_by_test_id("drawer-button")
    await expect(channel).to_be_hidden()
    await button.click()
    await expect(page.get_by_role("dialog", name="Channels and people")).to_be_visible()
    await expect(page.get_by_test_id("channel").filter(has_text="deploys")).to_be_focused()
    for _ in range(20):
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.getElementById('drawer').contains(document.activeElement)")
    await page.keyboard.press("Escape")
    await expect(channel).to_be_hidden()
    await expect(button).to_be_focused()
    await button.click()
    await channel.click()
    await expect(channel).to_be_hidden()
    await expect(composer(page)).to_be_focused()
    await expect(page.get_by_test_id("channel-head")).to_contain_text("web")


async def test_on_a_phone_the_button_of_the_drawer_says_what_is_unread(harness: PageHarness) -> None:
    page = await open_at(harness, PHONE)
    await harness.app.post("news", channel="C0WEB")
    await expect(page.get_by_role("button", name="Channels and people, 1 unread")).to_be_visible()


async def test_a_press_beside_the_drawer_and_a_wider_window_close_it(harness: PageHarness) -> None:
    page = await open_at(harness, PHONE)
    await page.get_by_test_id("drawer-button").click()
    await page.mouse.click(380, 400)
    await expect(page.get_by_test_id("people")).to_be_hidden()
    await page.get_by_test_id("drawer-button").click()
    await page.set_viewport_size({"width": 1280, "height": 860})
    await expect(page.get_by_test_id("drawer-button")).to_be_hidden()
    await composer(page).fill("typed")
    await expect(composer(page)).to_have_value("typed")


@pytest.mark.parametrize("size", [PHONE, TABLET], ids=["phone", "tablet"])
async def test_in_a_narrow_window_the_panel_is_opened_by_hand_and_makes_way(harness: PageHarness, size: Any) -> None:
    page = await harness.open()
    panel = page.get_by_test_id("panel")
    await expect(panel).to_be_visible()
    await page.set_viewport_size(size)
    await expect(panel).to_be_hidden()
    await page.get_by_test_id("panel-toggle").click()
    await expect(panel.get_by_test_id("pipeline").first).to_be_visible()
    assert await list_hanging_over(page) == []
    await page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await expect(page.get_by_test_id("panel-toggle")).to_be_focused()
    await page.get_by_test_id("panel-toggle").click()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("web")
    await page.keyboard.press("Enter")
    await expect(panel).to_be_hidden()
    await page.set_viewport_size({"width": 1280, "height": 860})
    await expect(panel).to_be_visible()


async def test_on_a_phone_the_conversation_has_the_page(harness: PageHarness) -> None:
    page = await open_at(harness, PHONE)
    await page.reload()
    await expect(page.get_by_test_id("panel")).to_be_hidden()
    await expect(composer(page)).to_be_in_viewport()


async def test_a_tap_on_a_message_brings_its_tools(harness: PageHarness) -> None:
    page = await open_at(harness, PHONE)
    await harness.app.post("tap me")
    await messages(page).focus()
    await expect(messages(page).get_by_role("toolbar", name="Message actions")).to_have_css("opacity", "1")
