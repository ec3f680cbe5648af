"""Modals: forms, errors, stacks, and the keyboard in them."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.sandbox.page.page_harness import Json, PageHarness, composer, field_block, mrkdwn, option, plain, section

BRANCH = field_block("branch", {"type": "plain_text_input", "action_id": "branch", "initial_value": "main"})
ENVIRONMENT = field_block(
    "environment",
    {"type": "static_select", "action_id": "environment", "options": [option("staging"), option("production")]},
)
REPLICAS = field_block(
    "replicas",
    {"type": "number_input", "action_id": "replicas", "is_decimal_allowed": False, "min_value": "1", "max_value": "9"},
    optional=True,
)


def view(*blocks: Json, title: str = "Trigger", callback_id: str = "trigger", **more: Any) -> Json:
    shown = {"type": "modal", "callback_id": callback_id, "title": plain(title), "blocks": list(blocks), **more}
    has_input = any(block["type"] == "input" for block in blocks)
    return shown | ({"submit": plain("Go"), "close": plain("Cancel")} if has_input else {})


async def opened(harness: PageHarness, shown: Json) -> tuple[Page, Locator]:
    """A page with this modal on it, opened by a command as an app does."""

    async def open_it(body: Json) -> None:
        await harness.app.slack.views_open(trigger_id=body["trigger_id"], view=shown)

    harness.app.on_command = open_it
    page = await harness.open()
    await composer(page).fill("/circle trigger")
    await composer(page).press("Enter")
    modal = page.get_by_role("dialog", name=shown["title"]["text"])
    await expect(modal).to_be_visible()
    return page, modal


async def test_a_filled_form_reaches_the_app_and_closes(harness: PageHarness) -> None:
    page, modal = await opened(harness, view(BRANCH, ENVIRONMENT, REPLICAS))
    await modal.get_by_label("Branch").fill("release")
    await modal.locator("[data-action-id=environment]").click()
    await page.get_by_test_id("option").filter(has_text="production").click()
    await modal.get_by_label("Replicas").fill("3")
    await modal.get_by_test_id("modal-submit").click()
    values = (await harness.app.wait_for("submission"))["view"]["state"]["values"]
    assert values["branch"]["branch"]["value"] == "release"
    assert values["environment"]["environment"]["selected_option"]["value"] == "production"
    assert values["replicas"]["replicas"]["value"] == "3"
    await expect(modal).to_be_hidden()


async def test_the_errors_of_the_app_stand_under_their_fields_until_mended(harness: PageHarness) -> None:
    harness.app.on_submit = lambda _: {"response_action": "errors", "errors": {"branch": "There is no branch main."}}
    _, modal = await opened(harness, view(BRANCH))
    await modal.get_by_label("Branch").press("Enter")
    error = modal.get_by_test_id("field-error")
    await expect(error).to_have_text("There is no branch main.")
    await expect(modal.get_by_label("Branch")).to_be_focused()
    await modal.get_by_label("Branch").fill("other")
    await expect(error).to_be_hidden()


async def test_what_is_missing_or_no_number_is_said_before_the_app_is_asked(harness: PageHarness) -> None:
    _, modal = await opened(harness, view(ENVIRONMENT, REPLICAS))
    await modal.get_by_label("Replicas").fill("12")
    await modal.get_by_test_id("modal-submit").click()
    await expect(modal.get_by_test_id("field-error")).to_have_text(
        ["Please complete this required field.", "Please enter a number of at most 9."]
    )
    assert [each["type"] for each in harness.app.received] == ["command"]


async def test_escape_closes_and_the_app_hears_of_it(harness: PageHarness) -> None:
    page, modal = await opened(harness, view(BRANCH, notify_on_close=True))
    await page.keyboard.press("Escape")
    await expect(modal).to_be_hidden()
    assert (await harness.app.wait_for("closed"))["view"]["callback_id"] == "trigger"
    await expect(composer(page)).to_be_focused()


async def test_escape_in_an_open_list_closes_the_list_alone(harness: PageHarness) -> None:
    page, modal = await opened(harness, view(ENVIRONMENT))
    await modal.locator("[data-action-id=environment]").click()
    await expect(page.get_by_test_id("listbox")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("listbox")).to_be_hidden()
    await expect(modal).to_be_visible()


async def test_the_keyboard_stays_in_the_modal(harness: PageHarness) -> None:
    page, modal = await opened(harness, view(BRANCH))
    await expect(modal.get_by_label("Branch")).to_be_focused()
    for _ in range(5):
        await page.keyboard.press("Tab")
        assert await modal.evaluate("modal => modal.contains(document.activeElement)")


async def test_an_update_keeps_what_was_typed_and_where_the_caret_is(harness: PageHarness) -> None:
    page, modal = await opened(harness, view(BRANCH))
    await modal.get_by_label("Branch").fill("my-branch")
    view_id = await page.locator("[data-view-id]").get_attribute("data-view-id")
    await harness.app.slack.views_update(view_id=str(view_id), view=view(section("*Now* with more"), BRANCH, REPLICAS))
    await expect(modal.locator("strong")).to_have_text("Now")
    await expect(modal.get_by_label("Branch")).to_have_value("my-branch")
    await page.keyboard.type("-2")
    await expect(modal.get_by_label("Branch")).to_have_value("my-branch-2")


async def test_a_loading_view_that_is_filled_in_puts_the_keyboard_into_its_first_field(harness: PageHarness) -> None:
    page, modal = await opened(harness, view(section(":hourglass_flowing_sand: Looking up branches…")))
    view_id = await page.locator("[data-view-id]").get_attribute("data-view-id")
    await harness.app.slack.views_update(view_id=str(view_id), view=view(BRANCH))
    await expect(modal.get_by_label("Branch")).to_be_focused()


async def test_a_pushed_modal_lies_on_top_and_gives_way_to_the_one_below(harness: PageHarness) -> None:
    second = view(field_block("reason", {"type": "plain_text_input", "action_id": "reason"}), title="Why?")
    harness.app.on_submit = lambda body: (
        {"response_action": "push", "view": second} if body["view"]["callback_id"] == "trigger" else {}
    )
    second["callback_id"] = "why"
    page, modal = await opened(harness, view(BRANCH))
    await modal.get_by_label("Branch").fill("release")
    await modal.get_by_test_id("modal-submit").click()
    on_top = page.get_by_role("dialog", name="Why?")
    await expect(on_top).to_be_visible()
    await expect(page.get_by_test_id("modal")).to_have_count(2)
    await on_top.get_by_label("Reason").fill("because")
    await on_top.get_by_test_id("modal-submit").click()
    await expect(on_top).to_be_hidden()
    await expect(modal.get_by_label("Branch")).to_have_value("release")


async def test_a_submit_that_fails_leaves_the_form_as_it_was(harness: PageHarness) -> None:
    page, modal = await opened(harness, view(BRANCH))
    await page.route("**/_page/submit", lambda route: route.fulfill(status=424, json={"error": "We had some trouble"}))
    await modal.get_by_label("Branch").fill("release")
    await modal.get_by_test_id("modal-submit").click()
    await expect(modal.locator(".modal-trouble")).to_contain_text("We had some trouble")
    await expect(modal.get_by_label("Branch")).to_have_value("release")


async def test_a_field_that_dispatches_tells_the_app_as_it_is_chosen(harness: PageHarness) -> None:
    dispatching = ENVIRONMENT | {"dispatch_action": True}
    page, modal = await opened(harness, view(dispatching, BRANCH))
    await modal.get_by_label("Branch").fill("release")
    await modal.locator("[data-action-id=environment]").click()
    await page.get_by_test_id("option").filter(has_text="staging").click()
    payload = await harness.app.wait_for("action")
    assert payload["actions"][0]["selected_option"]["value"] == "staging"
    assert payload["view"]["state"]["values"]["branch"]["branch"]["value"] == "release"


async def test_a_modal_survives_a_reload_of_the_page(harness: PageHarness) -> None:
    page, modal = await opened(harness, view(section("*Still* here"), BRANCH))
    await page.reload()
    await expect(modal.locator("strong")).to_have_text("Still")


async def test_a_modal_of_text_alone_has_only_a_way_out(harness: PageHarness) -> None:
    about = {"type": "context", "elements": [mrkdwn("as you are")]}
    _, modal = await opened(harness, view(section("Connected"), about))
    await expect(modal.get_by_test_id("modal-submit")).to_have_count(0)
    await modal.get_by_test_id("modal-close").click()
    await expect(modal).to_be_hidden()
