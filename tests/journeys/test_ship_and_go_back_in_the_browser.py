"""From staging to production by two people, and back again while somebody else deploys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.journeys.browser_tab import BrowserTab, open_tab
from tests.plugins.voting import list_approvals
from tests.plugins.world import ADA, EVE, GRACE, Json, World, run_world

WITHIN_MS = 40_000
WEB = "gh/acme/web"
HOLD = "approve-production"

expect.set_options(timeout=WITHIN_MS)


@pytest_asyncio.fixture(loop_scope="session")
async def tab(browser: Browser, tmp_path: Path) -> AsyncIterator[BrowserTab]:
    async with (
        asyncio.timeout(120),
        run_world(tmp_path, socket_mode=True, speed=5) as world,
        open_tab(browser, world, within_ms=WITHIN_MS, viewport={"width": 1280, "height": 860}) as tab,
    ):
        for user in (ADA, GRACE, EVE):
            await world.connect(as_=user)
        yield tab


async def ship(world: World) -> Json:
    """By Ada: what runs in staging from now on and waits to go to production."""
    pushed = await world.control("push", project=WEB, branch="ship", subject="Ship the basket", author="ada")
    await world.control("advance", seconds=60)
    return next(one for one in await world.list_pipelines() if one["number"] == pushed["number"])


async def list_rollbacks(world: World) -> list[Json]:
    calls = (await world.fetch_state("circleci.calls"))["circleci"]["calls"]
    return [one for one in calls if one["method"] == "POST" and one["path"].endswith("/rollback")]


async def test_two_people_promote_what_runs_in_staging_and_whoever_made_it_is_none_of_them(tab: BrowserTab) -> None:
    world = tab.world
    await tab.type(f"/circle policy add require everybody approve --hold {HOLD} --approvals 2 --four-eyes")
    await expect(tab.newest).to_contain_text("version 1 counts from now on")
    number = (await ship(world))["number"]

    await tab.type(f"/circle promote {WEB} --from staging")
    await expect(tab.form).to_contain_text(f"You started pipeline #{number}")
    await tab.page.keyboard.press("Escape")

    for name in ("Eve Evans", "Grace"):
        await tab.be(name, "deploys")
        assert await list_approvals(world) == []
        await tab.type(f"/circle promote {WEB} --from staging")
        await expect(tab.form).to_contain_text(f"This deploys #{number} to production, where 1.0.12 runs")
        await tab.form.get_by_label("Why is this right?").fill("Looked at staging")
        await tab.form.get_by_test_id("modal-submit").click()
        await expect(tab.form).to_have_count(0)
    await expect(tab.card("ship")).to_contain_text(f"@Grace Green approved {HOLD}")
    assert len(await list_approvals(world)) == 1
    await world.control("advance", seconds=60)
    await tab.type(f"/circle deploys {WEB} --environment production")
    await expect(tab.newest).to_contain_text(f"production runs 1.0.{number}")


async def test_a_bad_release_is_not_rolled_back_over_what_somebody_else_deployed(tab: BrowserTab) -> None:
    world = tab.world
    bad, fixed = [await ship(world) for _each in range(2)]
    await release(world, bad)
    await tab.type(f"/circle rollback {WEB} --environment production")
    await expect(tab.form).to_contain_text(f"production of acme/web runs 1.0.{bad['number']}")
    await tab.form.get_by_label("Why").fill("Checkout is down")
    await release(world, fixed)
    await tab.form.get_by_test_id("modal-submit").click()
    refused = f"production runs 1.0.{fixed['number']} by now, not 1.0.{bad['number']}: somebody deployed"
    await expect(tab.page.get_by_text(refused).last).to_be_visible()
    assert await list_rollbacks(world) == []


async def release(world: World, pipeline: Json) -> None:
    """As somebody does it at CircleCI."""
    await world.control("decide", workflow_id=pipeline["workflows"][0]["id"], hold=HOLD)
    await world.control("advance", seconds=60)
