"""What a channel looks like, and that it follows what happens."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.sandbox.page.page_harness import PageHarness, composer, messages, section


async def test_a_message_of_the_app_shows_its_name_its_badge_and_the_day(harness: PageHarness) -> None:
    page = await harness.open()
    await harness.app.post("web #7 passed")
    shown = messages(page).first
    await expect(shown).to_contain_text("web #7 passed")
    await expect(shown.locator(".author")).to_have_text("circlebot")
    await expect(shown.locator(".app-badge")).to_have_text("APP")
    await expect(page.locator(".day-name")).to_have_text("Today")


async def test_a_person_who_goes_on_is_not_named_again(harness: PageHarness) -> None:
    page = await harness.open()
    for text in ("first", "second"):
        await composer(page).fill(text)
        await composer(page).press("Enter")
    await expect(messages(page)).to_have_count(2)
    await expect(page.locator(".author")).to_have_text(["Ada Adams"])


async def test_a_changed_message_changes_in_place_and_says_so(harness: PageHarness) -> None:
    page = await harness.open()
    ts = await harness.app.post("running")
    await harness.app.slack.chat_update(channel="C0DEPLOYS", ts=ts, text="passed")
    shown = page.locator(f'[data-ts="{ts}"]')
    await expect(shown).to_contain_text("passed")
    await expect(shown).not_to_contain_text("running")
    await expect(shown.locator(".edited")).to_have_text("(edited)")


async def test_a_deleted_message_goes_away(harness: PageHarness) -> None:
    page = await harness.open()
    ts = await harness.app.post("by mistake")
    await expect(messages(page)).to_have_count(1)
    await harness.app.slack.chat_delete(channel="C0DEPLOYS", ts=ts)
    await expect(messages(page)).to_have_count(0)


async def test_an_ephemeral_message_is_seen_by_one_person_and_can_be_dismissed(harness: PageHarness) -> None:
    ada, grace = await harness.open(), await harness.open("U0GRACE")
    await harness.app.slack.chat_postEphemeral(channel="C0DEPLOYS", user="U0ADA", text="Only for Ada")
    await harness.app.post("For all")
    await expect(messages(ada)).to_have_count(2)
    private = messages(ada).filter(has_text="Only for Ada")
    await expect(private.locator(".only-you")).to_contain_text("Only visible to you")
    await expect(messages(grace)).to_have_count(1)
    await private.get_by_role("button", name="Dismiss").click()
    await expect(messages(ada)).to_have_count(1)


async def test_what_one_person_sees_in_a_thread_is_no_reply(harness: PageHarness) -> None:
    parent = await harness.app.post("web #7 failed")
    page = await harness.open(thread=parent)
    post = harness.app.slack.chat_postEphemeral
    await post(channel="C0DEPLOYS", user="U0ADA", text="Only for Ada", thread_ts=parent)
    await expect(page.get_by_text("Only for Ada")).to_be_visible()
    await expect(page.locator(".reply-count")).to_have_count(0)
    await harness.app.post("For all", thread_ts=parent)
    await expect(page.locator(".reply-count")).to_have_text("1 reply")


async def test_times_are_told_by_the_clock_of_who_reads(harness: PageHarness) -> None:
    """The browser's own zone is UTC."""
    moment = "<!date^1763942400^{date_num} {time}|some day>"
    for person, told in (("U0ADA", r"1:00\sAM"), ("U0GRACE", r"7:00\sPM")):
        page = await harness.open(person)
        await harness.app.post(f"For {person}: {moment}")
        message = messages(page).filter(has_text=f"For {person}")
        await expect(message).to_contain_text(re.compile(told))


async def test_replies_open_in_the_thread_pane_and_stay_out_of_the_channel(harness: PageHarness) -> None:
    page = await harness.open()
    parent = await harness.app.post("web #7 failed")
    await harness.app.post("the log", thread_ts=parent)
    await page.get_by_test_id("thread-bar").click()
    thread = page.get_by_test_id("thread-messages").get_by_test_id("message")
    await expect(thread).to_have_count(2)
    await expect(messages(page)).to_have_count(1)
    reply = page.get_by_test_id("thread-composer").get_by_test_id("composer-field")
    await reply.fill("looking")
    await reply.press("Enter")
    await expect(thread).to_have_count(3)
    await expect(page.get_by_test_id("thread-bar")).to_contain_text("2 replies")
    await page.get_by_role("button", name="Close thread").click()
    await expect(page.get_by_test_id("thread-messages")).to_be_hidden()


async def test_a_broadcast_reply_says_to_which_thread_it_belongs(harness: PageHarness) -> None:
    page = await harness.open()
    parent = await harness.app.post("web #7 failed")
    await harness.app.post("still red", thread_ts=parent, reply_broadcast=True)
    await expect(messages(page)).to_have_count(2)
    await expect(messages(page).nth(1)).to_contain_text("replied to a thread: web #7 failed")


async def test_a_channel_with_news_is_marked_until_it_is_opened(harness: PageHarness) -> None:
    page = await harness.open()
    await harness.app.post("elsewhere", channel="C0WEB")
    web = page.get_by_test_id("channel").filter(has_text="web")
    await expect(web).to_have_attribute("data-unread", "1")
    await web.click()
    await expect(page.locator(".new-line")).to_be_visible()
    await expect(web).not_to_have_attribute("data-unread", "1")


async def test_a_file_of_text_shows_its_first_lines_and_unfolds(harness: PageHarness) -> None:
    page = await harness.open()
    log = "\n".join(f"line {number} <b>" for number in range(30))
    await harness.app.slack.files_upload_v2(channel="C0DEPLOYS", content=log, filename="build.txt")
    file = page.get_by_test_id("file")
    await expect(file).to_contain_text("line 7 <b>")
    await expect(file).not_to_contain_text("line 29")
    await file.get_by_role("button", name="Show all 30 lines").click()
    await expect(file).to_contain_text("line 29 <b>")


async def test_a_message_with_blocks_shows_them_in_place_of_its_text(harness: PageHarness) -> None:
    page = await harness.open()
    await harness.app.post("the fallback", blocks=[section("the *card*")])
    await expect(messages(page).locator("strong")).to_have_text("card")
    await expect(messages(page)).not_to_contain_text("the fallback")


async def test_a_link_to_a_message_brings_it_into_view(harness: PageHarness) -> None:
    first = await harness.app.post("the first")
    for number in range(40):
        await harness.app.post(f"and number {number}")
    permalink = await harness.app.slack.chat_getPermalink(channel="C0DEPLOYS", message_ts=first)
    page = await harness.open()
    await page.goto(str(permalink["permalink"]))
    await expect(page.locator(f'[data-ts="{first}"]')).to_be_in_viewport()


async def test_a_gap_in_the_connection_is_shown_and_made_good(harness: PageHarness) -> None:
    page = await harness.open()
    await page.route("**/_page/live*", lambda route: route.abort())
    await page.get_by_test_id("person").filter(has_text="Grace").click()
    await expect(page.get_by_test_id("offline")).to_be_visible()
    await harness.app.post("meanwhile")
    await page.unroute("**/_page/live*")
    await expect(messages(page)).to_contain_text(["meanwhile"])
    await expect(page.get_by_test_id("offline")).to_be_hidden()


@pytest.mark.parametrize(
    ("channel", "words"), [("C0WEB", "of #web."), ("D0ADA", "of what was said with circlebot."), ("D0PAIR", "grace.")]
)
async def test_an_empty_conversation_says_that_nothing_came_before(
    harness: PageHarness, channel: str, words: str
) -> None:
    listed = (await harness.open(channel=channel)).get_by_test_id("messages")
    await expect(listed).to_contain_text("This is the very beginning")
    await expect(listed).to_contain_text(words)
