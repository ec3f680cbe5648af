"""Being somebody: each tab may be another person, and sees what that person may see."""

from __future__ import annotations

import asyncio

from playwright.async_api import Route, expect

from tests.sandbox.page.page_harness import PageHarness, button, composer, messages, plain, section


async def test_two_tabs_are_two_people_who_hear_each_other(harness: PageHarness) -> None:
    ada, grace = await harness.open("U0ADA"), await harness.open("U0GRACE")
    await composer(ada).fill("hello")
    await composer(ada).press("Enter")
    await expect(messages(grace).locator(".author")).to_have_text("Ada Adams")
    await expect(grace.get_by_role("radio", name="Grace Green")).to_be_checked()


async def test_switching_the_person_changes_what_is_seen_and_the_address(harness: PageHarness) -> None:
    page = await harness.open("U0ADA")
    await harness.app.slack.chat_postEphemeral(channel="C0DEPLOYS", user="U0ADA", text="for Ada alone")
    await expect(messages(page)).to_have_count(1)
    await page.get_by_role("radio", name="Grace Green").click()
    await expect(messages(page)).to_have_count(0)
    assert "as=U0GRACE" in page.url
    await page.go_back()
    await expect(messages(page)).to_contain_text(["for Ada alone"])


async def test_what_comes_too_late_for_another_person_is_not_shown(harness: PageHarness) -> None:
    page = await harness.open("U0ADA")
    await harness.app.slack.chat_postEphemeral(channel="C0DEPLOYS", user="U0ADA", text="for Ada alone")
    await expect(messages(page)).to_have_count(1)
    for_grace, late = "**/_page/messages?as=U0GRACE&*", asyncio.Event()

    async def held(route: Route) -> None:
        await late.wait()
        await route.continue_()

    await page.route(for_grace, held)
    await page.get_by_role("radio", name="Grace Green").click()
    await expect(messages(page)).to_have_count(0)
    await page.go_back()
    await expect(messages(page)).to_contain_text(["for Ada alone"])
    async with page.expect_response(for_grace) as answered:
        late.set()
    await (await answered.value).finished()
    await expect(messages(page)).to_contain_text(["for Ada alone"])


async def test_a_guest_sees_only_the_channels_they_are_in(harness: PageHarness) -> None:
    page = await harness.open("U0GUS", "")
    await expect(page.get_by_test_id("channel")).to_have_text(["web", "circlebot"])
    await expect(page.get_by_role("radio", name="Gus Grey (guest)")).to_be_checked()


async def test_channels_show_what_they_are(harness: PageHarness) -> None:
    page = await harness.open()
    between_people = ["GGgrace", "ada, grace, eve"]
    names = ["deploys", "web", "general", "private-ops", "old-news", *between_people, "circlebot"]
    await expect(page.get_by_test_id("channel")).to_have_text(names)
    await page.get_by_test_id("channel").filter(has_text="old-news").click()
    await expect(page.locator(".archived-note")).to_contain_text("#old-news, an archived channel")
    await expect(composer(page)).to_have_count(0)


async def test_a_link_opens_the_same_place(harness: PageHarness) -> None:
    thread = await harness.app.post("web #7 failed", channel="C0WEB")
    page = await harness.open("U0EVE", "C0WEB", thread=thread)
    await expect(page.get_by_test_id("channel-head")).to_contain_text("web")
    await expect(page.get_by_test_id("thread-messages")).to_contain_text("web #7 failed")
    await expect(page).to_have_title("web - Sandbox")


async def test_an_unknown_person_becomes_the_first_one(harness: PageHarness) -> None:
    page = await harness.open("U0NOBODY")
    await expect(page.get_by_role("radio", name="Ada Adams")).to_be_checked()


async def test_the_home_tab_shows_what_the_app_publishes_and_takes_clicks(harness: PageHarness) -> None:
    approve = section("*release #31* waits") | {"accessory": button("Approve", "approve", style="primary")}
    harness.app.home = {"type": "home", "blocks": [{"type": "header", "text": plain("Waiting for you")}, approve]}
    page = await harness.open(channel="D0ADA")
    await page.get_by_test_id("tab-home").click()
    home = page.get_by_test_id("home")
    await expect(home.locator("h3")).to_have_text("Waiting for you")
    await expect(composer(page)).to_be_hidden()
    while (await harness.app.wait_for("app_home_opened"))["event"]["tab"] != "home":
        continue
    await home.get_by_role("button", name="Approve").click()
    assert (await harness.app.wait_for("action"))["view"]["type"] == "home"
    await page.get_by_test_id("tab-messages").click()
    await expect(composer(page)).to_be_visible()
    assert (await harness.app.wait_for("app_home_opened"))["event"]["tab"] == "messages"


async def test_a_home_that_nobody_published_says_when_its_app_is_away(harness: PageHarness) -> None:
    page = await harness.open(channel="D0ADA", tab="home")
    home = page.get_by_test_id("home")
    await expect(home).to_contain_text("has not published a home tab yet")
    await harness.app.disconnect()
    await expect(home).to_contain_text("circlebot is not connected, so it publishes no home tab.")


async def test_a_home_that_is_linked_to_is_shown_at_once(harness: PageHarness) -> None:
    harness.app.home = {"type": "home", "blocks": [section("*hello* Ada")]}
    page = await harness.open(channel="D0ADA", tab="home")
    await expect(page.get_by_test_id("home").locator("strong")).to_have_text("hello")


async def test_the_app_joins_leaves_and_outlives_its_channels(harness: PageHarness) -> None:
    page = await harness.open(channel="C0GENERAL")
    head = page.get_by_test_id("channel-head")
    members = head.get_by_role("img", name="members")
    before = await members.inner_text()
    await head.get_by_role("button", name="general").click()
    await page.get_by_role("menuitem", name="Add circlebot to #general").click()
    await expect(members).not_to_have_text(before)
    await head.get_by_role("button", name="general").click()
    await expect(page.get_by_role("menuitem", name="Remove circlebot from #general")).to_be_visible()
    await page.get_by_role("menuitem", name="Archive channel").click()
    await expect(page.locator(".archived-note")).to_be_visible()


async def test_a_channel_is_created_and_renamed(harness: PageHarness) -> None:
    page = await harness.open()
    await page.get_by_role("button", name="Add channels").click()
    await page.get_by_role("textbox", name="Name").fill("releases")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("channel-head")).to_contain_text("releases")
    await page.get_by_test_id("channel-head").get_by_role("button", name="releases").click()
    await page.get_by_role("menuitem", name="Rename channel").click()
    await page.get_by_role("textbox", name="Name").fill("ships")
    await page.get_by_role("button", name="Rename").click()
    await expect(page.get_by_test_id("channel-head")).to_contain_text("ships")


async def test_the_switcher_goes_to_a_channel_by_a_few_letters(harness: PageHarness) -> None:
    page = await harness.open()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("priv")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("channel-head")).to_contain_text("private-ops")


async def test_another_workspace_is_entered_by_keyboard_and_has_nobody_of_the_first(harness: PageHarness) -> None:
    page = await harness.open()
    await harness.app.post("for the first workspace")
    await page.get_by_role("button", name="Workspace Agency").press("Enter")
    await expect(page.get_by_test_id("team-name")).to_have_text("Agency")
    await expect(composer(page)).to_be_focused()
    await expect(page.get_by_role("radio")).to_have_count(2)
    await expect(messages(page)).to_have_count(0)
    await page.reload()
    await expect(page.get_by_test_id("team-name")).to_have_text("Agency")
    await page.go_back()
    await expect(messages(page)).to_contain_text(["for the first workspace"])
