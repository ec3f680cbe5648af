"""The page by keyboard and for whoever does not see it: focus, selects, roles and labels, contrast."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.sandbox.page.page_harness import PageHarness, composer, messages, option, plain

CHOICES = [option(name) for name in ("main", "broken", "flaky", "release", "slow", "setup", "empty", "mono", "odd")]
SELECT: dict[str, Any] = {"type": "static_select", "action_id": "branch", "placeholder": plain("Branch")}
SMALL_WORDS = (
    *(".switcher span", ".people-label", ".person-name", ".person-remark", ".sidebar-title", ".channel-name"),
    *(".person .avatar", ".members .avatar", ".link", ".mention", ".code", ".pipeline-when", ".story-next"),
)

# The contrast of an element's words with what is behind them, as WCAG counts it.
CONTRAST = """
(element) => {
  const parts = (color) => {
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const grounds = [];
  for (let node = element; node; node = node.parentElement) grounds.push(parts(getComputedStyle(node).backgroundColor));
  const ground = grounds.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  const words = over(parts(getComputedStyle(element).color), ground);
  const luminance = (color) => {
    const [r, g, b] = color.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [light, dark] = [luminance(words), luminance(ground)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}
"""


async def scrolled_up(harness: PageHarness, page: Page) -> Locator:
    """The list of messages, with more of them than fit, at its top."""
    for number in range(30):
        await harness.app.post(f"message {number}")
    await expect(messages(page)).to_have_count(30)
    listed = page.get_by_test_id("messages")
    await listed.evaluate("list => { list.scrollTop = 0; list.dispatchEvent(new Event('scroll')); }")
    return listed


async def at_the_bottom(listed: Locator) -> bool:
    return bool(await listed.evaluate("list => list.scrollHeight - list.scrollTop - list.clientHeight < 80"))


async def select_in(harness: PageHarness, page: Page, **more: Any) -> Locator:
    """A select with nine options in a message."""
    element = {**SELECT, **({} if "option_groups" in more else {"options": CHOICES}), **more}
    await harness.app.post("choose", blocks=[{"type": "actions", "block_id": "b", "elements": [element]}])
    return messages(page).last.get_by_test_id("select")


async def test_whoever_sends_while_scrolled_up_sees_what_comes_of_it(harness: PageHarness) -> None:
    page = await harness.open()
    listed = await scrolled_up(harness, page)
    await composer(page).fill("hello")
    await composer(page).press("Enter")
    await expect(messages(page)).to_have_count(31)
    assert await at_the_bottom(listed)
    await expect(page.get_by_test_id("new-messages").first).to_be_hidden()


async def test_a_message_that_comes_while_scrolled_up_is_told_by_a_pill_that_leads_to_it(harness: PageHarness) -> None:
    page = await harness.open()
    listed = await scrolled_up(harness, page)
    pill = listed.get_by_role("button", name="New messages")
    await expect(pill).to_be_hidden()
    await harness.app.post("news")
    await expect(pill).to_be_visible()
    assert not await at_the_bottom(listed)
    await pill.focus()
    await page.keyboard.press("Enter")
    await expect(pill).to_be_hidden()
    assert await at_the_bottom(listed)


async def test_the_composer_has_the_keyboard_from_the_start_and_after_each_change_of_channel(
    harness: PageHarness,
) -> None:
    page = await harness.open()
    await expect(composer(page)).to_be_focused()
    await page.get_by_test_id("channel").filter(has_text="web").click()
    await expect(composer(page)).to_be_focused()
    await page.keyboard.type("typed")
    await expect(composer(page)).to_have_value("typed")


async def test_what_is_typed_into_nothing_is_written_into_the_composer(harness: PageHarness) -> None:
    page = await harness.open()
    await page.get_by_test_id("messages").focus()
    await page.keyboard.type("/circle")
    await expect(composer(page)).to_have_value("/circle")


async def test_the_first_stop_of_the_keyboard_leads_to_the_composer(harness: PageHarness) -> None:
    page = await harness.open()
    await page.locator("#topbar").get_by_role("button").focus()
    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Skip to the message field")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(composer(page)).to_be_focused()


async def test_letters_typed_at_a_closed_select_open_it_and_search(harness: PageHarness) -> None:
    page = await harness.open()
    select = await select_in(harness, page)
    await select.focus()
    await page.keyboard.type("rel")
    await expect(page.get_by_test_id("option")).to_have_text(["release"])
    await page.keyboard.press("Enter")
    action = (await harness.app.wait_for("action"))["actions"][0]
    assert action["selected_option"]["value"] == "release"
    await expect(select).to_be_focused()
    await expect(select).to_have_text("release")


@pytest.mark.parametrize("key", ["ArrowDown", "ArrowUp", "Enter", "Space"])
async def test_a_select_opens_by_key_and_escape_closes_it(harness: PageHarness, key: str) -> None:
    page = await harness.open()
    select = await select_in(harness, page)
    await select.press(key)
    await expect(page.get_by_test_id("option")).to_have_count(len(CHOICES))
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("listbox")).to_have_count(0)
    await expect(select).to_be_focused()


async def test_backspace_takes_the_last_choice_of_several_away(harness: PageHarness) -> None:
    page = await harness.open()
    more = {"type": "multi_static_select", "initial_options": CHOICES[:2]}
    select = await select_in(harness, page, **more)
    await select.press("Backspace")
    await expect(select).to_have_text("main")


async def test_a_select_is_a_combobox_that_names_its_list(harness: PageHarness) -> None:
    page = await harness.open()
    await select_in(harness, page, option_groups=[{"label": plain("Ours"), "options": CHOICES}])
    closed = messages(page).last.get_by_role("combobox", name="Branch", expanded=False)
    assert await closed.get_attribute("aria-controls") is None
    await closed.click()
    listbox = page.get_by_role("listbox", name="Branch")
    field = page.get_by_role("dialog", name="Branch").get_by_role("combobox", name="Search Branch")
    for owner in (messages(page).last.get_by_role("combobox", name="Branch", expanded=True), field):
        assert await owner.get_attribute("aria-controls") == await listbox.get_attribute("id")
    await expect(listbox.get_by_role("group", name="Ours").get_by_role("option")).to_have_count(len(CHOICES))
    lit = page.locator(f"#{await field.get_attribute('aria-activedescendant')}")
    await expect(lit).to_have_text("main")
    await field.fill("nothing like it")
    await expect(listbox.get_by_role("option", disabled=True)).to_have_text("No results")
    assert await field.get_attribute("aria-activedescendant") is None


async def test_the_composer_names_its_suggestions_only_while_there_are_any(harness: PageHarness) -> None:
    page = await harness.open()
    field = page.get_by_test_id("composer").get_by_role("textbox", name="Message #deploys")
    await field.press_sequentially("/ci")
    listbox = page.get_by_role("listbox", name="Suggestions")
    assert await field.get_attribute("aria-controls") == await listbox.get_attribute("id")
    await expect(page.locator(f"#{await field.get_attribute('aria-activedescendant')}")).to_contain_text("/circle")
    await field.press("Escape")
    for name in ("aria-controls", "aria-activedescendant"):
        assert await field.get_attribute(name) is None


async def test_fields_without_a_label_are_named_by_their_kind(harness: PageHarness) -> None:
    page = await harness.open()
    await harness.app.post(
        "when?", blocks=[{"type": "actions", "elements": [{"type": "datepicker", "action_id": "d"}]}]
    )
    await expect(messages(page).last.get_by_label("Date", exact=True)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_small_words_stand_out_from_what_is_behind_them(harness: PageHarness, scheme: Any) -> None:
    page = await harness.open()
    await page.emulate_media(color_scheme=scheme)
    text = "<https://example.com|a link>, <@U0GRACE>, <#C0WEB>, <@U0ADA>, `code`"
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    await harness.app.post("x", blocks=[section], attachments=[{"color": "#36a64f", "text": text}])
    await expect(messages(page)).to_have_count(1)
    await expect(page.get_by_test_id("pipeline").first).to_be_visible()
    for looks in SMALL_WORDS:
        found = await page.locator(looks).all()
        assert found, looks
        for element in found:
            assert await element.evaluate(CONTRAST) >= 4.5, f"{looks}: {await element.inner_text()}"
    for link in await page.locator(".message .link").all():
        assert "underline" in await link.evaluate("link => getComputedStyle(link).textDecorationLine")


async def test_what_circleci_is_only_assumed_to_insist_on_is_marked(harness: PageHarness) -> None:
    page = await harness.open()
    rules = page.get_by_test_id("rules")
    await rules.locator("summary").press("Enter")
    tag = rules.get_by_role("listitem").filter(has_text="Tag not found")
    await expect(tag.locator(".rule-assumed")).to_have_text("assumed")
    passed = rules.get_by_role("listitem").filter(has_text="Only a failed workflow can be rerun from failed")
    await expect(passed.locator(".rule-assumed")).to_have_text("its message is assumed")
    often = rules.get_by_role("listitem").filter(has_text="has the documented shape")
    await expect(often.locator(".rule-source")).to_have_text("facts 7")


async def test_arrows_go_from_message_to_message_and_enter_opens_a_thread(harness: PageHarness) -> None:
    page = await harness.open()
    for text in ("first", "second", "third"):
        await harness.app.post(text)
    await expect(messages(page)).to_have_count(3)
    await page.get_by_test_id("messages").focus()
    for key, number in {"ArrowUp": 2, "Home": 0, "ArrowDown": 1, "End": 2}.items():
        await page.keyboard.press(key)
        await expect(messages(page).nth(number)).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("thread-messages").get_by_test_id("message")).to_contain_text("second")
    await expect(page.get_by_test_id("thread-composer").get_by_test_id("composer-field")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("thread-messages")).to_have_count(0)
    await expect(messages(page).nth(1)).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(composer(page)).to_be_focused()


async def test_a_message_keeps_the_keyboard_when_it_is_edited(harness: PageHarness) -> None:
    page = await harness.open()
    ts = await harness.app.post("before")
    await page.get_by_test_id("messages").focus()
    await page.keyboard.press("ArrowUp")
    await harness.app.slack.chat_update(channel="C0DEPLOYS", ts=ts, text="after")
    await expect(messages(page)).to_contain_text("after")
    await expect(messages(page)).to_be_focused()


async def test_arrows_go_through_channels_people_and_tabs_and_a_redraw_takes_nothing_away(
    harness: PageHarness,
) -> None:
    page = await harness.open(channel="D0ADA")
    channels = page.get_by_test_id("channel")
    await channels.first.focus()
    await page.keyboard.press("ArrowDown")
    await expect(channels.nth(1)).to_be_focused()
    await harness.app.post("news", channel="C0DEPLOYS")
    await expect(page.get_by_role("button", name="deploys, 1 unread")).to_be_visible()
    await expect(channels.nth(1)).to_be_focused()
    await page.get_by_role("radio", name="Ada Adams").press("ArrowDown")
    await expect(page.get_by_role("radio", name="Grace Green")).to_be_focused()
    await page.get_by_test_id("tab-home").press("ArrowRight")
    await expect(page.get_by_test_id("tab-messages")).to_be_focused()
    await page.get_by_test_id("projects").get_by_role("button", name="more").press("Enter")
    await expect(page.get_by_test_id("projects").get_by_role("button", name="Show fewer")).to_be_focused()


async def test_f6_goes_round_the_sections_of_the_page(harness: PageHarness) -> None:
    page = await harness.open()
    sections = ("panel", "sidebar", "conversation", "conversation", "panel", "sidebar")
    for section in sections:
        await page.keyboard.press("F6")
        assert await page.evaluate("id => document.getElementById(id).contains(document.activeElement)", section)
    await page.keyboard.press("Shift+F6")
    await expect(page.get_by_role("button", name="Hide CircleCI")).to_be_focused()


@pytest.mark.parametrize("width", [820, 1280])
async def test_tab_goes_from_the_channels_into_the_conversation(harness: PageHarness, width: int) -> None:
    page = await harness.open()
    await page.set_viewport_size({"width": width, "height": 900})
    await page.locator("#drawer").get_by_role("button").last.focus()
    await page.keyboard.press("Tab")
    assert not await page.evaluate("document.getElementById('drawer').contains(document.activeElement)")
    await page.keyboard.press("Shift+Tab")
    assert await page.evaluate("document.getElementById('drawer').contains(document.activeElement)")
