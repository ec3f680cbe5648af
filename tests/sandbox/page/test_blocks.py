"""Block Kit: every block looks like what it is, and every element tells the app what was chosen."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.sandbox.page.page_harness import Json, PageHarness, button, messages, mrkdwn, option, plain, section


async def shown_blocks(harness: PageHarness, *blocks: Json) -> tuple[Page, Locator]:
    """A page, and the message with these blocks on it."""
    page = await harness.open()
    ts = await harness.app.post("fallback", blocks=list(blocks))
    message = page.locator(f'[data-ts="{ts}"]')
    await expect(message).to_be_visible()
    return page, message


def actions(*elements: Json) -> Json:
    return {"type": "actions", "block_id": "acts", "elements": list(elements)}


async def test_the_usual_blocks_are_shown(harness: PageHarness) -> None:
    _, message = await shown_blocks(
        harness,
        {"type": "header", "text": plain(":x: web #7 failed")},
        {"type": "section", "fields": [mrkdwn("*Workflow*\nbuild"), mrkdwn("*Took*\n1m")]},
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn("on `main`"), plain("by lin")]},
        {"type": "image", "image_url": "/page/none.png", "alt_text": "A chart", "title": plain("Durations")},
    )
    await expect(message.locator("h3.block-header")).to_have_text("web #7 failed")
    await expect(message.locator("h3 [data-emoji=x]")).to_be_visible()
    await expect(message.locator(".field")).to_have_text(["Workflowbuild", "Took1m"])
    await expect(message.locator("hr")).to_have_count(1)
    await expect(message.locator(".context code")).to_have_text("main")
    await expect(message.locator(".image-title")).to_have_text("Durations")
    await expect(message.locator(".image-lost")).to_have_text("A chart")


async def test_a_table_has_a_header_and_aligned_columns(harness: PageHarness) -> None:
    cell = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "9"}]}],
    }
    raw: Any = lambda text: {"type": "raw_text", "text": text}  # noqa: E731 - a word for a shape
    rows = [[raw("Test"), raw("Flaked")], [raw("test_login"), cell]]
    _, message = await shown_blocks(
        harness, {"type": "table", "rows": rows, "column_settings": [{}, {"align": "right"}]}
    )
    await expect(message.locator("th")).to_have_text(["Test", "Flaked"])
    await expect(message.locator("td")).to_have_text(["test_login", "9"])
    await expect(message.locator("td").nth(1)).to_have_css("text-align", "right")


async def test_a_data_table_has_a_caption_names_for_its_rows_and_pages(harness: PageHarness) -> None:
    head = [{"type": "raw_text", "text": word} for word in ("Runs", "Job")]
    rows = [
        [
            {"type": "raw_number", "text": f"{number} runs", "value": number},
            {"type": "raw_text", "text": f"job-{number}"},
        ]
        for number in range(7)
    ]
    table = {"type": "data_table", "caption": "Slowest jobs", "rows": [head, *rows], "row_header_column_index": 1}
    _, message = await shown_blocks(harness, {**table, "page_size": 3})
    shown = message.get_by_role("table", name="Slowest jobs")
    await expect(shown.get_by_role("rowheader")).to_have_text(["job-0", "job-1", "job-2"])
    await expect(shown.locator("tbody td").first).to_have_css("text-align", "right")
    await message.get_by_role("button", name="Next rows").click()
    await message.get_by_role("button", name="Next rows").click()
    await expect(shown.get_by_role("rowheader")).to_have_text(["job-6"])
    await expect(message.get_by_role("status")).to_have_text("7–7 of 7")
    await expect(message.get_by_role("button", name="Next rows")).to_be_disabled()
    await message.get_by_role("button", name="Previous rows").click()
    await expect(shown.get_by_role("rowheader")).to_have_text(["job-3", "job-4", "job-5"])


async def test_a_chart_is_drawn_and_heard_as_a_table(harness: PageHarness) -> None:
    series = [
        {"name": name, "data": [{"label": day, "value": value} for day in ("Mon", "Tue")]}
        for name, value in (("web", 3), ("api", 7))
    ]
    chart = {"type": "bar", "series": series, "axis_config": {"categories": ["Mon", "Tue"], "y_label": "Runs"}}
    _, message = await shown_blocks(harness, {"type": "data_visualization", "title": "Runs a day", "chart": chart})
    await expect(message.locator("svg.chart rect")).to_have_count(4)
    await expect(message.locator(".chart-legend li")).to_have_text(["web", "api"])
    await expect(message.get_by_role("table", name="Runs a day").get_by_role("row")).to_have_text(
        ["webapi", "Mon37", "Tue37"]
    )


async def test_a_collapsible_container_folds(harness: PageHarness) -> None:
    block = {"type": "container", "title": plain("Services"), "child_blocks": [section("*api*")]}
    folded = {**block, "is_collapsible": True, "default_collapsed": True}
    _, message = await shown_blocks(harness, folded)
    await expect(message.locator(".container-block strong")).to_be_hidden()
    await message.get_by_role("button", name="Details", expanded=False).click()
    await expect(message.locator(".container-block strong")).to_be_visible()


async def test_a_container_shows_the_blocks_in_it(harness: PageHarness) -> None:
    _, message = await shown_blocks(
        harness, {"type": "container", "child_blocks": [section("*api*"), section("*web*")]}
    )
    await expect(message.locator(".container-block strong")).to_have_text(["api", "web"])


async def test_an_attachment_has_its_colour_and_its_blocks(harness: PageHarness) -> None:
    page = await harness.open()
    await harness.app.post("failed", attachments=[{"color": "#e01e5a", "blocks": [section("*web*")], "fallback": "x"}])
    attachment = page.get_by_test_id("attachment")
    await expect(attachment.locator(".attachment-bar")).to_have_css("background-color", "rgb(224, 30, 90)")
    await expect(attachment.locator("strong")).to_have_text("web")


async def test_a_pressed_button_tells_the_app_which_one(harness: PageHarness) -> None:
    page, _ = await shown_blocks(harness, actions(button("Rerun", "rerun", style="primary"), button("Log", "log")))
    await page.get_by_role("button", name="Rerun", exact=True).click()
    payload = await harness.app.wait_for("action")
    assert payload["actions"][0]["action_id"] == "rerun"
    assert payload["user"]["id"] == "U0ADA"
    assert payload["channel"]["id"] == "C0DEPLOYS"


async def test_a_button_is_busy_until_the_server_answers(harness: PageHarness) -> None:
    page, _ = await shown_blocks(harness, actions(button("Rerun", "rerun")))
    held: asyncio.Future[Route] = asyncio.get_running_loop().create_future()
    await page.route("**/_page/press", lambda route: held.set_result(route))  # noqa: PLW0108 - playwright marks it
    rerun = page.locator("[data-action-id=rerun]")
    await rerun.click()
    await expect(rerun).to_have_attribute("aria-busy", "true")
    await (await held).continue_()
    await expect(rerun).not_to_have_attribute("aria-busy", "true")
    assert (await harness.app.wait_for("action"))["actions"][0]["action_id"] == "rerun"


async def test_a_button_that_is_gone_says_so(harness: PageHarness) -> None:
    page, _ = await shown_blocks(harness, actions(button("Rerun", "rerun")))
    await page.route("**/_page/press", lambda route: route.fulfill(status=409, json={"error": "message_changed"}))
    await page.locator("[data-action-id=rerun]").click()
    await expect(page.get_by_test_id("toast")).to_contain_text("has changed in the meantime")


async def test_a_button_that_asks_first_acts_only_after_yes(harness: PageHarness) -> None:
    asks = {"title": plain("Sure?"), "text": mrkdwn("It *stops*."), "confirm": plain("Stop it"), "deny": plain("No")}
    page, _ = await shown_blocks(harness, actions(button("Cancel", "cancel", style="danger", confirm=asks)))
    dialog = page.get_by_test_id("confirm")
    await page.get_by_role("button", name="Cancel", exact=True).click()
    await expect(dialog).to_contain_text("It stops.")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    assert harness.app.received == []
    await page.get_by_role("button", name="Cancel", exact=True).click()
    await dialog.get_by_role("button", name="Stop it").click()
    assert (await harness.app.wait_for("action"))["actions"][0]["action_id"] == "cancel"


async def test_a_link_button_opens_a_tab_and_tells_the_app(harness: PageHarness) -> None:
    page, _ = await shown_blocks(harness, actions(button("Open", "open", url=f"{harness.url}/page/css/tokens.css")))
    async with page.expect_popup() as popup:
        await page.locator("[data-action-id=open]").click()
    assert (await popup.value).url.endswith("/tokens.css")
    assert (await harness.app.wait_for("action"))["actions"][0]["action_id"] == "open"


async def test_an_overflow_menu_offers_its_options(harness: PageHarness) -> None:
    page, _ = await shown_blocks(
        harness, actions({"type": "overflow", "action_id": "more", "options": [option("watch"), option("mute")]})
    )
    await page.get_by_test_id("overflow").click()
    await page.get_by_role("menuitem", name="mute").click()
    assert (await harness.app.wait_for("action"))["actions"][0]["selected_option"]["value"] == "mute"


async def test_a_select_is_used_by_keyboard(harness: PageHarness) -> None:
    options = [option("lint"), option("test"), option("build")]
    page, _ = await shown_blocks(
        harness, actions({"type": "static_select", "action_id": "job", "placeholder": plain("Job"), "options": options})
    )
    await page.locator("[data-action-id=job]").focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        await page.keyboard.press(key)
    assert (await harness.app.wait_for("action"))["actions"][0]["selected_option"]["value"] == "test"
    await expect(page.locator("[data-action-id=job]")).to_have_text("test")
    await expect(page.locator("[data-action-id=job]")).to_be_focused()


async def test_a_select_in_groups_shows_their_labels(harness: PageHarness) -> None:
    groups = [
        {"label": plain("Slow"), "options": [option("e2e")]},
        {"label": plain("Quick"), "options": [option("lint")]},
    ]
    page, _ = await shown_blocks(
        harness,
        actions({"type": "static_select", "action_id": "job", "option_groups": groups, "placeholder": plain("Job")}),
    )
    await page.locator("[data-action-id=job]").click()
    await expect(page.locator(".listbox-label")).to_have_text(["Slow", "Quick"])


async def test_an_external_select_asks_the_app_once_enough_is_typed(harness: PageHarness) -> None:
    harness.app.options = lambda typed: [
        f"gh/acme/{name}" for name in ("web", "worker", "api") if name.startswith(typed)
    ]
    element = {
        "type": "external_select",
        "action_id": "project",
        "min_query_length": 1,
        "placeholder": plain("Project"),
    }
    page, _ = await shown_blocks(harness, actions(element))
    await page.locator("[data-action-id=project]").click()
    await expect(page.get_by_test_id("listbox")).to_have_text("Type 1 more character to search")
    await page.get_by_test_id("select-search").fill("w")
    await expect(page.get_by_test_id("option")).to_have_text(["gh/acme/web", "gh/acme/worker"])
    await page.get_by_test_id("option").first.click()
    assert (await harness.app.wait_for("action"))["actions"][0]["selected_option"]["value"] == "gh/acme/web"
    assert [each["value"] for each in harness.app.received if each["type"] == "suggestion"] == ["w"]


async def test_a_multiple_select_keeps_chips_that_can_be_removed(harness: PageHarness) -> None:
    element = {"type": "multi_users_select", "action_id": "who", "placeholder": plain("People")}
    block = {"type": "section", "block_id": "tell", "text": mrkdwn("Tell"), "accessory": element}
    page, message = await shown_blocks(harness, block)
    await page.locator("[data-action-id=who]").click()
    for name in ("Ada", "Eve"):
        person = page.get_by_test_id("option").filter(has_text=name)
        await person.click()
        await expect(person).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Escape")
    await expect(message.locator(".chip")).to_contain_text(["Ada Adams", "Eve Evans"])
    await message.locator(".chip-remove").first.click()
    await expect(message.locator(".chip")).to_contain_text(["Eve Evans"])
    values = (await harness.app.wait_for("action"))["state"]["values"]["tell"]["who"]["selected_users"]
    assert "U0EVE" in values


CHOICES = [
    ({"type": "checkboxes", "action_id": "it", "options": [option("one"), option("two")]}, "selected_options"),
    ({"type": "radio_buttons", "action_id": "it", "options": [option("one"), option("two")]}, "selected_option"),
]


@pytest.mark.parametrize(("element", "key"), CHOICES)
async def test_a_ticked_box_is_told_at_once(harness: PageHarness, element: Json, key: str) -> None:
    page, _ = await shown_blocks(harness, actions(element))
    await page.get_by_label("two").check()
    chosen = (await harness.app.wait_for("action"))["actions"][0][key]
    assert [each["value"] for each in (chosen if isinstance(chosen, list) else [chosen])] == ["two"]


PICKERS = [
    ({"type": "datepicker", "action_id": "it"}, "2026-12-24", "selected_date", "2026-12-24"),
    ({"type": "timepicker", "action_id": "it"}, "18:30", "selected_time", "18:30"),
]


@pytest.mark.parametrize(("element", "typed", "key", "told"), PICKERS)
async def test_a_picked_date_or_time_is_told(
    harness: PageHarness, element: Json, typed: str, key: str, told: str
) -> None:
    page, _ = await shown_blocks(harness, actions(element))
    await page.locator("[data-action-id=it]").fill(typed)
    await page.locator("[data-action-id=it]").blur()
    assert (await harness.app.wait_for("action"))["actions"][0][key] == told


async def test_what_was_chosen_stays_when_the_message_changes(harness: PageHarness) -> None:
    select = {"type": "static_select", "action_id": "job", "placeholder": plain("Job"), "options": [option("lint")]}
    page, message = await shown_blocks(harness, actions(select))
    await page.locator("[data-action-id=job]").click()
    await page.get_by_test_id("option").click()
    ts = await message.get_attribute("data-ts")
    await harness.app.slack.chat_update(
        channel="C0DEPLOYS", ts=str(ts), text="x", blocks=[section("*new*"), actions(select)]
    )
    await expect(messages(page).locator("strong")).to_have_text("new")
    await expect(page.locator("[data-action-id=job]")).to_have_text("lint")
