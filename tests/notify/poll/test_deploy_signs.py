"""A project that never deployed anything costs next to nothing, and its first deploy is told all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import ProjectSlug
from bot.notify.poll.deploy_hints import DeployHint
from bot.notify.poll.deploy_signs import BY_NAME, DeploySigns
from bot.rules.rule import Rule
from bot.store.rate_limiter import SIGN, Bucket
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
async def test_a_first_deploy_is_told_within_a_minute_or_two_by_the_name_of_its_job(
    harness: PollerHarness, is_new: bool
) -> None:
    await begin(harness)
    await find_no_deploys(harness)
    if is_new:
        await begin(harness, Rule.parse({"only": ["promoted"]}))
    await harness.push(WEB, "ship")
    await harness.advance(1)
    assert len(await list_deploys(harness)) == 1


async def test_a_first_deploy_that_nothing_hints_at_any_more_is_told_within_the_hour(harness: PollerHarness) -> None:
    await begin(harness)
    await find_no_deploys(harness)
    async with harness.store.begin() as tx:
        polled = (await tx.polled_projects.list_for_projects([WEB]))[ProjectSlug.parse(WEB)]
        bucket = Bucket(polled.organization_id or "")
        taken = await tx.rate_limiter.take(SIGN, {bucket: 24}, BY_NAME, now=harness.sandbox.now())
    assert taken == {bucket: 24}
    await harness.push(WEB, "ship")
    await harness.advance(2)
    assert await list_deploys(harness) == []
    await harness.sandbox.advance(3600)
    await harness.run_due()
    assert len(await list_deploys(harness)) == 1


@pytest.mark.parametrize(("is_named", "at_once"), [(True, 24), (False, 12)], ids=["deploy-jobs", "other-workflows"])
async def test_hints_cost_an_organisation_48_requests_on_a_steady_day_however_much_ends(
    harness: PollerHarness, is_named: bool, at_once: int
) -> None:
    """Every ten minutes something ends, in two projects."""
    await harness.connect("ada", "lin")
    for project in (WEB, "gh/acme/api"):
        await begin(harness, project=project)
        await harness.push(project)
    await find_no_deploys(harness)
    signs = DeploySigns(store=harness.store, tokens=harness.tokens, clock=harness.sandbox, patience_s=3)
    days = []
    for _day in range(3):
        before = await harness.count_calls()
        for _again in range(144):
            await harness.sandbox.advance(300)
            hint = DeployHint(harness.sandbox.now(), is_named=is_named)
            assert await signs.find_nothing(ProjectSlug.parse(WEB), hint)
            await harness.sandbox.advance(300)
            assert await signs.find_nothing(ProjectSlug.parse("gh/acme/api"), replace(hint, at=harness.sandbox.now()))
        days.append((await count_asked(harness, before))["components"])
    assert 24 + at_once < days[0] <= 48 + at_once
    assert max(days[1:]) <= 48


async def test_what_a_hint_asks_is_asked_once_more_a_minute_later_since_lists_lag_behind(
    harness: PollerHarness,
) -> None:
    await begin(harness)
    await find_no_deploys(harness)
    signs = DeploySigns(store=harness.store, tokens=harness.tokens, clock=harness.sandbox, patience_s=3)
    await harness.sandbox.advance(60)
    hint = DeployHint(harness.sandbox.now(), is_named=True)
    before = await harness.count_calls()
    for _again in range(20):
        nothing = await signs.find_nothing(ProjectSlug.parse(WEB), hint)
        await harness.sandbox.advance(15)
    assert await count_asked(harness, before) == {"components": 2}
    assert nothing
    assert nothing.again_at - nothing.asked_at == timedelta(hours=1)


async def test_where_nobody_may_see_components_deploys_are_told_all_the_same(harness: PollerHarness) -> None:
    await begin(harness)
    await harness.control("faults", target="circleci", match="/deploy/components", status=404, count=0)
    await harness.push(WEB, "ship")
    await harness.advance(2)
    assert len(await list_deploys(harness)) == 1
