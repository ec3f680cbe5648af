"""The composer: commands complete and are sent, earlier lines come back, drafts stay."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.sandbox.page.page_harness import PageHarness, composer, messages


async def typed(page: Page, text: str) -> None:
    await composer(page).press_sequentially(text)


async def test_a_command_completes_by_arrow_and_tab(harness: PageHarness) -> None:
    page = await harness.open()
    await typed(page, "/ci")
    await expect(page.get_by_test_id("option")).to_contain_text(["/circle"])
    await composer(page).press("Tab")
    await expect(composer(page)).to_have_value("/circle ")
    await expect(page.get_by_test_id("option")).to_have_count(0)
    await expect(page.get_by_test_id("suggestions")).to_contain_text("/circle trigger [project] | status")
    assert harness.app.received == []


async def test_enter_sends_a_whole_command(harness: PageHarness) -> None:
    page = await harness.open()
    await typed(page, "/circle help")
    await composer(page).press("Enter")
    payload = await harness.app.wait_for("command")
    assert (payload["command"], payload["text"], payload["channel_id"]) == ("/circle", "help", "C0DEPLOYS")
    await expect(composer(page)).to_have_value("")
    await expect(messages(page)).to_have_count(0)


async def test_enter_sends_the_command_alone_while_its_hint_is_shown(harness: PageHarness) -> None:
    page = await harness.open()
    await typed(page, "/circle ")
    await expect(page.get_by_test_id("suggestions")).to_be_visible()
    await composer(page).press("Enter")
    assert (await harness.app.wait_for("command"))["text"] == ""


async def test_escape_puts_the_suggestions_away(harness: PageHarness) -> None:
    page = await harness.open()
    await typed(page, "/cir")
    await composer(page).press("Escape")
    await expect(page.get_by_test_id("suggestions")).to_be_hidden()
    await expect(composer(page)).to_have_value("/cir")


async def test_no_word_of_a_command_is_completed_and_its_hint_stays(harness: PageHarness) -> None:
    page = await harness.open()
    await typed(page, "/circle tr")
    await expect(page.get_by_test_id("suggestions")).to_contain_text("/circle trigger [project] | status")
    await composer(page).press("Tab")
    await expect(composer(page)).to_have_value("/circle tr")


async def test_people_complete_in_the_words_of_a_command(harness: PageHarness) -> None:
    page = await harness.open()
    await typed(page, "/circle me --user @gr")
    await composer(page).press("Enter")
    await expect(composer(page)).to_have_value("/circle me --user @grace ")


async def test_people_and_emoji_complete_too(harness: PageHarness) -> None:
    page = await harness.open()
    await typed(page, "ask @gr")
    await composer(page).press("Enter")
    await typed(page, ":rock")
    await composer(page).press("Enter")
    await expect(composer(page)).to_have_value("ask @grace :rocket: ")
    await composer(page).press("Enter")
    await expect(messages(page).locator(".mention")).to_have_text("@Grace Green")
    await expect(messages(page).locator("[data-emoji=rocket]")).to_be_visible()


async def test_a_command_in_a_thread_is_refused_in_private_and_kept(harness: PageHarness) -> None:
    page = await harness.open(thread=await harness.app.post("web #7 failed"))
    field = page.get_by_test_id("thread-composer").get_by_test_id("composer-field")
    await field.fill("/circle help")
    await field.press("Enter")
    note = page.get_by_test_id("thread-messages").get_by_test_id("message").last
    await expect(note).to_contain_text("/circle is not supported in threads. Sorry!")
    await expect(note).to_contain_text("Only visible to you")
    await expect(field).to_have_value("/circle help")


async def test_an_unknown_command_is_refused(harness: PageHarness) -> None:
    page = await harness.open()
    await composer(page).fill("/nonsense")
    await composer(page).press("Enter")
    await expect(messages(page)).to_contain_text(["/nonsense is not a valid command"])


async def test_up_brings_back_earlier_lines(harness: PageHarness) -> None:
    page = await harness.open()
    for line in ("one", "two"):
        await composer(page).fill(line)
        await composer(page).press("Enter")
        await expect(composer(page)).to_have_value("")
    await composer(page).press("ArrowUp")
    await expect(composer(page)).to_have_value("two")
    await composer(page).press("ArrowUp")
    await expect(composer(page)).to_have_value("one")
    await composer(page).press("ArrowDown")
    await composer(page).press("ArrowDown")
    await expect(composer(page)).to_have_value("")


async def test_a_draft_waits_in_its_channel(harness: PageHarness) -> None:
    page = await harness.open()
    await composer(page).fill("not yet")
    await page.get_by_test_id("channel").filter(has_text="web").click()
    await expect(composer(page)).to_have_value("")
    await page.get_by_test_id("channel").filter(has_text="deploys").click()
    await expect(composer(page)).to_have_value("not yet")
    await page.reload()
    await expect(composer(page)).to_have_value("not yet")


async def test_shift_enter_begins_a_new_line(harness: PageHarness) -> None:
    page = await harness.open()
    await typed(page, "one")
    await composer(page).press("Shift+Enter")
    await typed(page, "two")
    await composer(page).press("Enter")
    await expect(messages(page).locator("br")).to_have_count(1)


async def test_a_mark_goes_around_what_is_selected(harness: PageHarness) -> None:
    page = await harness.open()
    await composer(page).fill("loud")
    await composer(page).select_text()
    await page.get_by_test_id("composer").get_by_role("button", name="Bold").click()
    await composer(page).press("Enter")
    await expect(messages(page).locator("strong")).to_have_text("loud")


async def test_a_shortcut_runs_from_the_lightning_button(harness: PageHarness) -> None:
    page = await harness.open()
    await page.get_by_test_id("composer").get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Trigger a pipeline").click()
    assert (await harness.app.wait_for("shortcut"))["callback_id"] == "trigger"


async def test_a_message_shortcut_brings_its_message(harness: PageHarness) -> None:
    ts = await harness.app.post("web #7 failed")
    page = await harness.open()
    await messages(page).hover()
    await messages(page).get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Rerun this pipeline").click()
    payload = await harness.app.wait_for("shortcut")
    assert (payload["callback_id"], payload["message"]["ts"]) == ("rerun", ts)


async def test_a_hint_is_filled_in_by_a_click_and_can_be_put_away_for_good(harness: PageHarness) -> None:
    page = await harness.open()
    hints = page.get_by_test_id("hints")
    await expect(hints).to_contain_text("paste CCIPAT_ada")
    await hints.get_by_role("button", name="/circle connect").click()
    await expect(composer(page)).to_have_value("/circle connect")
    await expect(composer(page)).to_be_focused()
    await hints.get_by_role("button", name="Dismiss").click()
    await page.reload()
    await expect(composer(page)).to_have_value("/circle connect")
    await expect(hints).to_have_count(0)


async def test_a_command_without_an_app_fails_in_private(harness: PageHarness) -> None:
    page = await harness.open()
    await harness.app.disconnect()
    await expect(page.get_by_test_id("app-away")).to_contain_text("circlebot is not connected")
    await composer(page).fill("/circle help")
    await composer(page).press("Enter")
    note = messages(page).last
    await expect(note.locator(".author")).to_have_text("Slackbot")
    await expect(note).to_contain_text("/circle failed because the app did not respond (dispatch_failed)")


async def test_a_line_that_cannot_be_sent_comes_back(harness: PageHarness) -> None:
    page = await harness.open()
    await page.route("**/_page/say", lambda route: route.abort())
    await composer(page).fill("hello")
    await composer(page).press("Enter")
    await expect(messages(page).last).to_contain_text("The sandbox cannot be reached.")
    await expect(composer(page)).to_have_value("hello")
