"""What the panel breaks and mends, and what the page says meanwhile."""

from __future__ import annotations

from playwright.async_api import expect

from tests.sandbox.page.page_harness import PageHarness, list_hanging_over

IS_INSIDE = """
node => node.getBoundingClientRect().right <= node.closest("section").getBoundingClientRect().right
"""


async def test_a_switch_breaks_and_mends_by_keyboard_and_keeps_the_focus(harness: PageHarness) -> None:
    page = await harness.open()
    switch = page.get_by_role("switch", name="CircleCI is down")
    await switch.press("Enter")
    await expect(switch).to_be_checked()
    await expect(page.get_by_role("status").filter(has_text="CircleCI's API is down.")).to_be_visible()
    await expect(switch).to_be_focused()
    await switch.press("Space")
    await expect(switch).not_to_be_checked()
    await expect(page.get_by_test_id("incident")).to_contain_text(
        "circlebot is back. No outcome while CircleCI was down."
    )


async def test_the_sandbox_alone_says_that_it_does_not_run_the_bot(harness: PageHarness) -> None:
    page = await harness.open()
    await expect(page.get_by_test_id("faults")).to_contain_text("The sandbox does not run circlebot here")
    await expect(page.get_by_role("switch", name="circlebot is killed")).to_have_count(0)


async def test_the_first_minutes_fit_into_the_panel_and_name_the_token_of_who_looks(harness: PageHarness) -> None:
    page = await harness.open()
    minutes = page.get_by_test_id("minutes")
    await expect(minutes).to_contain_text("paste CCIPAT_ada")
    for button in await minutes.get_by_role("button").all():
        assert await button.evaluate(
            "node => node.getBoundingClientRect().right <= node.closest('section').getBoundingClientRect().right"
        )
    await page.get_by_role("radio", name="Grace").click()
    await expect(minutes).to_contain_text("paste CCIPAT_grace")
    await page.get_by_role("radio", name="Gus").click()
    await expect(minutes).to_be_hidden()


async def test_the_pace_and_the_edition_of_circleci_are_chosen_and_stay(harness: PageHarness) -> None:
    page = await harness.open()
    await page.get_by_label("CircleCI runs").select_option("fast")
    await page.get_by_role("combobox", name="CircleCI is").select_option("server")
    await page.reload()
    await expect(page.get_by_label("CircleCI runs")).to_have_value("fast")
    await expect(page.get_by_role("combobox", name="CircleCI is")).to_have_value("server")


async def test_on_a_phone_the_conversation_says_what_is_broken(harness: PageHarness) -> None:
    page = await harness.open()
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.get_by_test_id("panel-toggle").click()
    await page.get_by_role("switch", name="Slack says 429").click()
    assert await list_hanging_over(page) == []
    await page.get_by_role("button", name="Hide CircleCI").click()
    await expect(page.get_by_test_id("incident")).to_contain_text("Slack refuses messages (429).")
    assert await list_hanging_over(page) == []
