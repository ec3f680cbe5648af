"""A project that never deployed anything costs next to nothing, and its first deploy is told all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import ProjectSlug
from bot.rules.rule import Rule
from tests.plugins.deploy_readings import WEB, begin, count_asked, list_deploys
from tests.plugins.poller_harness import PollerHarness, run_poller_harness


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[PollerHarness]:
    async with run_poller_harness(tmp_path, interval_s=10) as one:
        await one.connect("ada")
        yield one


async def find_no_deploys(harness: PollerHarness) -> None:
    """For three hours a rule has wanted them, and CircleCI has shown none."""
    since = timedelta(hours=3)
    await harness.sandbox.advance(since.total_seconds())
    await harness.push(WEB)
    await harness.advance(0.3)
    now = harness.sandbox.now()
    async with harness.store.begin() as tx:
        polled = (await tx.polled_projects.list_for_projects([WEB]))[ProjectSlug.parse(WEB)]
        await tx.polled_projects.mark_deploying(polled.organization_id or "", None, now)
        for asked_at in (now - since, now):
            await tx.polled_projects.mark_deploying(polled.organization_id or "", (), asked_at)


async def test_an_organisation_that_deploys_nothing_costs_24_requests_on_a_steady_day(harness: PollerHarness) -> None:
    """However many of its projects want deploys and however much ends."""
    for project in (WEB, "gh/acme/api"):
        await begin(harness, Rule.parse({"only": ["all"]}), project)
    await harness.push("gh/acme/api")
    await find_no_deploys(harness)
    async with harness.store.begin_read() as tx:
        polled = [one.project for one in await tx.polled_projects.list_all()]
        known = [one for each in polled for one in await tx.pipelines.list_newest(each, 9)]
    assert {one.project for one in known} == set(polled)
    before = await harness.count_calls()
    for _again in range(49):
        async with harness.store.begin() as tx:
            for one in known:
                await tx.deploy_looks.ask(one.id, one.project, harness.sandbox.now(), starter=None)
        await harness.deploys.tick()
        await harness.tasks.drain(30)
        await harness.sandbox.advance(1800)
    assert await count_asked(harness, before) == {"components": 24}


@pytest.mark.parametrize("is_new", [False, True], ids=["old-rule", "new-rule"])
async def test_a_first_deploy_is_told_within_the_hour_and_at_once_where_a_rule_is_new(
    harness: PollerHarness, is_new: bool
) -> None:
    await begin(harness)
    await find_no_deploys(harness)
    await harness.push(WEB, "ship")
    await harness.advance(2)
    assert await list_deploys(harness) == []
    if is_new:
        await begin(harness, Rule.parse({"only": ["promoted"]}))
    else:
        await harness.sandbox.advance(3600)
    await harness.run_due()
    assert len(await list_deploys(harness)) == 1


async def test_where_nobody_may_see_components_deploys_are_told_all_the_same(harness: PollerHarness) -> None:
    await begin(harness)
    await harness.control("faults", target="circleci", match="/deploy/components", status=404, count=0)
    await harness.push(WEB, "ship")
    await harness.advance(2)
    assert len(await list_deploys(harness)) == 1
