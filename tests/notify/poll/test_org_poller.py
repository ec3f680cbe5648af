"""One listing for all projects of an organisation: what it costs, what it finds, and what it cannot see."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.plugins.poller_harness import INTERVAL_S, PollerHarness, run_poller_harness

ACME = ("gh/acme/web", "gh/acme/api", "gh/acme/secret")


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[PollerHarness]:
    """Ada's rules for three projects of one organisation, which she follows, after a while."""
    async with run_poller_harness(tmp_path, past=True) as one:
        await one.connect("ada", "grace")
        await one.subscribe(*ACME)
        await one.advance(3)
        yield one


async def test_an_idle_organisation_costs_five_listings_a_minute_and_a_look_at_each_project_now_and_then(
    harness: PollerHarness,
) -> None:
    since = await harness.count_calls()
    await harness.advance(20)
    listed = Counter(await harness.list_listed_slugs(since))
    assert 95 <= listed["gh/acme"] <= 102
    assert listed["gh/acme/web"] == 0, "its newest pipeline leads the listing each time"
    assert all(1 <= listed[project] <= 2 for project in ACME[1:]), listed


async def test_a_single_project_is_listed_by_itself(tmp_path: Path) -> None:
    async with run_poller_harness(tmp_path, past=True) as harness:
        await harness.connect("ada")
        await harness.subscribe("gh/acme/web")
        await harness.advance(5)
        assert set(await harness.list_listed_slugs()) == {"gh/acme/web"}


async def test_the_listing_brings_what_is_new_without_a_look_at_the_project(harness: PollerHarness) -> None:
    since, number = await harness.count_calls(), await harness.push("gh/acme/api")
    await harness.advance(2)
    assert (await harness.list_pipeline_numbers("gh/acme/api"))[-1] == number
    assert set(await harness.list_listed_slugs(since)) == {"gh/acme"}


async def test_projects_of_one_listing_are_looked_at_one_after_the_other(harness: PollerHarness) -> None:
    for slug in ACME:
        await harness.push(slug)
    await harness.sandbox.advance(15)
    await harness.org_poller.tick()
    await harness.tasks.drain(30)
    async with harness.store.begin_read() as tx:
        due = [one.next_look_at for one in await tx.polled_projects.list_all()]
    now = harness.sandbox.now()
    assert due == [now + timedelta(milliseconds=100 * number) for number in range(len(ACME))]


async def test_after_hours_away_it_goes_back_across_pages_to_what_is_known(harness: PollerHarness) -> None:
    before = {project: await harness.list_pipeline_numbers(project) for project in ACME}
    await harness.sandbox.advance(3 * 3600)
    for _ in range(25):
        pushed = {project: await harness.push(project, "empty") for project in ACME}
        await harness.sandbox.advance(300)
    since = await harness.count_calls()
    await harness.advance(0.2)
    for project in ACME:
        missed = range(before[project][-1] + 1, pushed[project] + 1)
        assert set(missed) <= set(await harness.list_pipeline_numbers(project))
    assert Counter(await harness.list_listed_slugs(since))["gh/acme"] >= 4


async def test_a_project_that_is_followed_no_more_is_found_out_and_listed_by_itself(harness: PollerHarness) -> None:
    await harness.control("follow", project="gh/acme/web", on=False, **{"as": "ada"})
    number = await harness.push("gh/acme/web")
    await harness.advance(15)
    assert number in await harness.list_pipeline_numbers("gh/acme/web")
    since, number = await harness.count_calls(), await harness.push("gh/acme/web")
    await harness.advance(2)
    assert number in await harness.list_pipeline_numbers("gh/acme/web")
    assert "gh/acme/web" in await harness.list_listed_slugs(since)
    assert "gh/acme/api" not in await harness.list_listed_slugs(since)


async def test_a_project_that_the_owner_does_not_follow_keeps_its_own_listing(tmp_path: Path) -> None:
    async with run_poller_harness(tmp_path, past=True) as harness:
        await harness.connect("ada")
        await harness.control("follow", project="gh/acme/web", on=False, **{"as": "ada"})
        await harness.subscribe(*ACME)
        await harness.advance(3)
        since, number = await harness.count_calls(), await harness.push("gh/acme/web")
        await harness.advance(2)
        assert number in await harness.list_pipeline_numbers("gh/acme/web")
        assert set(await harness.list_listed_slugs(since)) == {"gh/acme", "gh/acme/web"}


async def test_a_project_that_has_never_built_is_left_to_the_listing_which_shows_its_first_build(
    tmp_path: Path,
) -> None:
    async with run_poller_harness(tmp_path) as harness:
        await harness.connect("ada")
        await harness.subscribe(*ACME)
        await harness.advance(2)
        since = await harness.count_calls()
        await harness.advance(20)
        listed = Counter(await harness.list_listed_slugs(since))
        assert all(1 <= listed[project] <= 4 for project in ACME), "a look of their own each five minutes"
        number = await harness.push("gh/acme/api")
        since = await harness.count_calls()
        await harness.advance(0.25)
        assert await harness.list_pipeline_numbers("gh/acme/api") == [number]
        assert "gh/acme/web" not in await harness.list_listed_slugs(since)


async def test_a_project_that_has_never_built_and_is_not_followed_is_found_by_its_own_look(tmp_path: Path) -> None:
    async with run_poller_harness(tmp_path) as harness:
        await harness.connect("ada")
        await harness.control("follow", project="gh/acme/web", on=False, **{"as": "ada"})
        await harness.subscribe(*ACME)
        await harness.advance(3)
        number = await harness.push("gh/acme/web")
        await harness.advance(6)
        assert await harness.list_pipeline_numbers("gh/acme/web") == [number]
        number = await harness.push("gh/acme/web")
        await harness.advance(1.2)
        assert (await harness.list_pipeline_numbers("gh/acme/web"))[-1] == number, (
            "known to be left out, it is listed by itself"
        )


async def test_what_never_built_is_looked_at_closely_again_while_its_organisation_cannot_be_listed(
    tmp_path: Path,
) -> None:
    async with run_poller_harness(tmp_path) as harness:
        await harness.connect("ada")
        await harness.subscribe(*ACME)
        await harness.advance(3)
        await harness.control("faults", target="circleci", match="pipeline", method="GET", status=404, count=0)
        await harness.advance(1)
        since = await harness.count_calls()
        await harness.advance(5)
        assert Counter(await harness.list_listed_slugs(since))["gh/acme/web"] >= 4


async def test_a_first_build_hurries_the_listing_of_its_organisation(tmp_path: Path) -> None:
    async with run_poller_harness(tmp_path) as harness:
        await harness.connect("ada")
        await harness.subscribe(*ACME)
        await harness.advance(3)
        await harness.push("gh/acme/api", "empty")
        await harness.advance(0.25)
        async with harness.store.begin_read() as tx:
            [listing] = await tx.org_polls.list_all()
        assert listing.next_look_at - harness.sandbox.now() <= timedelta(seconds=INTERVAL_S)


async def test_when_another_token_takes_over_every_project_is_looked_at_anew(harness: PollerHarness) -> None:
    await harness.control("limit", a_minute=0, **{"as": "ada"})
    numbers = [await harness.push(project) for project in ACME[:2]]
    await harness.advance(3)
    assert [(await harness.list_pipeline_numbers(project))[-1] for project in ACME[:2]] == numbers
    since, number = await harness.count_calls(), await harness.push("gh/acme/web")
    await harness.advance(2)
    assert (await harness.list_pipeline_numbers("gh/acme/web"))[-1] == number
    assert "gh/acme/web" not in await harness.list_listed_slugs(since)


async def test_an_organisation_that_nobody_may_list_leaves_its_projects_to_themselves(harness: PollerHarness) -> None:
    await harness.control("faults", target="circleci", match="pipeline", method="GET", status=404, count=0)
    number = await harness.push("gh/acme/api")
    await harness.advance(2)
    async with harness.store.begin_read() as tx:
        assert len(await tx.polled_projects.list_unlisted("gh/acme")) == 3
    assert (await harness.list_pipeline_numbers("gh/acme/api"))[-1] == number


async def test_with_its_last_but_one_project_an_organisation_is_listed_no_more(harness: PollerHarness) -> None:
    async with harness.store.begin() as tx:
        for rule in await tx.subscriptions.list_after(0, 1000):
            if rule.scope.project != "web":
                await tx.subscriptions.delete("T", "C", rule.id)
        for project in ACME[1:]:
            [watch] = [one for one in await tx.polled_projects.list_all() if str(one.project) == project]
            await tx.polled_projects.settle(watch.project, None, harness.sandbox.now(), idle_rounds=0, holder="me")
            await tx.polled_projects.claim(harness.sandbox.now(), 1, "me", limit=10)
            await tx.polled_projects.delete(watch.project, holder="me")
    await harness.advance(1)
    since = await harness.count_calls()
    await harness.advance(3)
    assert set(await harness.list_listed_slugs(since)) == {"gh/acme/web"}
