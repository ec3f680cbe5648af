"""The side panel: pushing commits, following pipelines, adding faults."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.sandbox.page.page_harness import Json, PageHarness, composer, messages


async def state(page: Page, harness: PageHarness) -> Json:
    answer: Json = await (await page.request.get(f"{harness.url}/_control/state")).json()
    return answer


async def test_a_pushed_branch_becomes_a_pipeline_with_its_workflows(harness: PageHarness) -> None:
    page = await harness.open()
    await page.get_by_test_id("projects").get_by_label("Project").select_option("gh/acme/api")
    await page.get_by_role("button", name="Push to broken").click()
    await expect(page.get_by_test_id("toast")).to_contain_text("Pushed to broken")
    newest = (await state(page, harness))["circleci"]["pipelines"][0]
    assert (newest["project_slug"], newest["branch"]) == ("gh/acme/api", "broken")
    row = page.locator(f'[data-pipeline-id="{newest["id"]}"]')
    await expect(row).to_contain_text(f"api #{newest['number']}")
    await page.request.post(f"{harness.url}/_control/advance", data={"seconds": 600})
    await expect(row.locator('[data-status="failed"]')).to_be_visible()
    await expect(row.locator(".job-bad")).to_have_count(1)


async def test_beside_a_branch_stands_what_happens_and_a_line_to_try(harness: PageHarness) -> None:
    page = await harness.open()
    story = page.get_by_test_id("projects").get_by_role("listitem").filter(has_text="Waits at two holds")
    await expect(story).to_contain_text("Waits at two holds before it deploys.")
    await story.get_by_role("button", name="Write /circle approve acme/web").click()
    await expect(composer(page)).to_have_value("/circle approve acme/web")
    await expect(composer(page)).to_be_focused()
    await expect(page.get_by_role("button", name="Push to odd")).to_be_hidden()
    await page.get_by_role("button", name="more").click()
    await expect(page.get_by_role("button", name="Push to odd")).to_be_visible()


async def test_a_line_of_a_story_leads_from_the_home_and_from_a_panel_that_covers_it_to_the_field(
    harness: PageHarness,
) -> None:
    page = await harness.open(channel="D0ADA", tab="home")
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.get_by_test_id("panel-toggle").click()
    await page.get_by_test_id("projects").get_by_role("button", name="Write /circle subscribe acme/web").click()
    await expect(page.get_by_test_id("panel")).to_be_hidden()
    await expect(composer(page)).to_have_value("/circle subscribe acme/web")


@pytest.mark.parametrize("width", [390, 820])
async def test_a_panel_that_covers_the_conversation_makes_way_for_what_comes_of_a_push(
    harness: PageHarness, width: int
) -> None:
    page = await harness.open()
    await page.set_viewport_size({"width": width, "height": 844})
    await page.get_by_test_id("panel-toggle").click()
    await page.get_by_role("button", name="Push to broken").click()
    await expect(page.get_by_test_id("panel")).to_be_hidden()
    await expect(page.get_by_test_id("panel-toggle")).to_be_focused()
    await expect(page.get_by_test_id("toast")).to_contain_text("Pushed to broken")


async def test_projects_are_called_as_everywhere_else(harness: PageHarness) -> None:
    page = await harness.open()
    options = page.get_by_test_id("projects").get_by_label("Project").locator("option")
    await expect(options.first).to_have_text("acme/web")


async def test_a_fault_is_listed_with_the_calls_it_has_left(harness: PageHarness) -> None:
    page = await harness.open()
    faults = page.get_by_test_id("faults")
    await faults.get_by_text("More that can go wrong").click()
    await faults.get_by_role("button", name="CircleCI says 401").click()
    await expect(faults.locator("li")).to_have_text(["circleci (any call): 401, 3 left"])
    assert (await state(page, harness))["faults"][0]["status"] == 401


async def test_the_reset_asks_first_and_clears_messages_and_faults(harness: PageHarness) -> None:
    page = await harness.open()
    await harness.app.post("before the reset")
    await page.get_by_role("switch", name="Slack says 429").click()
    await expect(messages(page)).to_have_count(1)
    await expect(page.get_by_test_id("incident")).to_be_visible()
    await page.get_by_test_id("reset").click()
    await page.get_by_test_id("confirm-yes").click()
    await expect(messages(page)).to_have_count(0)
    await expect(page.get_by_test_id("incident")).to_have_count(0)
    assert (await state(page, harness))["faults"] == []


async def test_a_banner_is_dark_in_the_dark(harness: PageHarness) -> None:
    page = await harness.open()
    await harness.app.disconnect()
    banner = page.get_by_test_id("app-away")
    for scheme, ground in (("light", "rgb(255, 232, 163)"), ("dark", "rgb(58, 52, 34)")):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a literal, one by one
        await expect(banner).to_have_css("background-color", ground)


async def test_the_panel_stays_away_once_it_is_hidden(harness: PageHarness) -> None:
    page = await harness.open()
    await page.get_by_role("button", name="Hide CircleCI").click()
    await expect(page.get_by_test_id("panel")).to_be_hidden()
    await page.reload()
    await expect(page.get_by_test_id("team-name")).to_have_text("Sandbox")
    await expect(page.get_by_test_id("panel")).to_be_hidden()
    await page.get_by_test_id("panel-toggle").click()
    await expect(page.get_by_test_id("panel")).to_be_visible()
