"""Deploys are read where somebody wants them, for few requests, and never in the way of anything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.circleci.pipeline_releases import PipelineRelease
from bot.circleci.snapshot import Snapshot
from bot.domain import Outcome, ProjectSlug
from bot.domain.project_feeds import DeployNames, PolledProject
from bot.notify.poll.deploy_reader import DeployReader
from bot.notify.readings import Reading
from bot.rules.rule import Rule
from tests.plugins.factories import make_pipeline
from tests.plugins.poller_harness import PollerHarness, run_poller_harness

WEB = "gh/acme/web"
DEPLOYS = Rule.parse({"only": ["deployed", "deploy-failed", "rolled-back"]})


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[PollerHarness]:
    async with run_poller_harness(tmp_path, interval_s=10) as one:
        await one.connect("ada")
        yield one


async def begin(harness: PollerHarness, rule: Rule = DEPLOYS, project: str = WEB) -> None:
    await harness.subscribe(project, rule=rule)
    await harness.advance(0.2)


async def list_deploys(harness: PollerHarness, project: str = WEB) -> list[Outcome]:
    """Oldest first."""
    async with harness.store.begin_read() as tx:
        known = await tx.pipelines.list_newest(ProjectSlug.parse(project), 100)
        found = [one for each in known for one in await tx.outcomes.list_for_pipeline(each.id) if one.deploy]
    return sorted(found, key=lambda one: one.happened_at)


async def count_asked(harness: PollerHarness, since: int = 0) -> Counter[str]:
    """Questions about deploys, by the last word of their path."""
    paths = [call["path"] for call in (await harness.sandbox.calls())[since:]]
    return Counter(path.rpartition("/")[2] for path in paths if "/deploy/" in path)


async def approve(harness: PollerHarness, number: int) -> None:
    answer = await harness.sandbox.control.get("/_control/state")
    pipelines = answer.json()["circleci"]["pipelines"]
    run = next(one for one in pipelines if one["number"] == number)["workflows"][0]
    await harness.control("decide", workflow_id=run["id"], hold="approve-production")


async def look_again(harness: PollerHarness) -> None:
    """As a webhook has it: at all pipelines, now."""
    async with harness.store.begin() as tx:
        for one in await tx.pipelines.list_newest(ProjectSlug.parse(WEB), 100):
            await tx.pipelines.make_due(one.id, harness.sandbox.now())
        await tx.polled_projects.make_due(ProjectSlug.parse(WEB), harness.sandbox.now())
    await harness.run_due()


async def list_told(harness: PollerHarness) -> list[str]:
    """Of the messages that are to be posted, which outcomes they tell."""
    told, now = list[str](), harness.sandbox.now()
    async with harness.store.begin() as tx:
        while cards := await tx.cards.claim(now, 60, "test", limit=100):
            for card in cards:
                await tx.cards.settle_sent(card, "1.1", now)
        while found := await tx.outbox.claim(now, 60, "test", limit=100):
            for notice in found:
                await tx.outbox.settle_sent(notice, "1.2", now)
                told.append(notice.key)
    return told


async def test_a_version_goes_to_production_and_a_bad_one_is_taken_back(harness: PollerHarness) -> None:
    await begin(harness)
    number = await harness.push(WEB, "ship")
    await harness.advance(2)
    (staging,) = await list_deploys(harness)
    assert (staging.kind, staging.workflow, staging.classes) == ("deployed", "ship", frozenset())
    await approve(harness, number)
    harness = PollerHarness(harness.sandbox, harness.store, 10)  # A process that has just started.
    await harness.advance(2)
    await look_again(harness)
    _staging, production = await list_deploys(harness)
    assert (production.kind, production.classes) == ("deployed", {"promoted"})
    deploy = production.deploy
    assert deploy
    assert (deploy.component, deploy.environment, deploy.version) == ("web", "production", f"1.0.{number}")
    assert deploy.promoted_from == "staging"
    await harness.push(WEB, "bad-release")
    await harness.advance(2)
    *_shipped, failed, back = await list_deploys(harness)
    assert (failed.kind, failed.classes, back.kind) == ("deploy-failed", {"validation-failed"}, "rolled-back")
    assert failed.deploy
    assert back.deploy
    assert (back.deploy.version, back.deploy.replaced) == (f"1.0.{number}", failed.deploy.version)
    assert back.deploy.reason.startswith("Validation failed")
    await look_again(harness)
    assert sorted(await list_told(harness)) == sorted(f"{one.key}:T:C" for one in (staging, production, failed, back))


async def test_who_wants_no_deploys_asks_for_none(harness: PollerHarness) -> None:
    await begin(harness, Rule())
    await harness.push(WEB, "ship")
    await harness.advance(3)
    assert not await count_asked(harness)


async def test_a_project_without_deploys_costs_one_request_a_day(harness: PollerHarness) -> None:
    await begin(harness, Rule.parse({"only": ["all"]}), "gh/acme/api")
    for _again in range(2):
        await harness.push("gh/acme/api")
        await harness.advance(1)
    assert await count_asked(harness) == {"components": 1}
    await harness.sandbox.advance(24 * 3600)
    await harness.push("gh/acme/api")
    await harness.advance(1)
    assert await count_asked(harness) == {"components": 2}


async def test_one_request_tells_of_all_pipelines_that_are_read_together(harness: PollerHarness) -> None:
    await begin(harness)
    await harness.push(WEB, "ship")
    await harness.advance(2)
    before = await harness.count_calls()
    for _together in range(4):
        await harness.push(WEB, "ship")
    await harness.advance(2)
    assert len(await list_deploys(harness)) == 5
    asked = await count_asked(harness, before)
    assert asked.keys() == {"releases"}
    assert asked["releases"] <= 4


async def test_while_deploys_cannot_be_read_everything_else_is_told_and_they_are_later(harness: PollerHarness) -> None:
    await begin(harness)
    await harness.push(WEB, "ship")
    await harness.advance(2)
    await harness.control("faults", target="circleci", match="/deploy/", status=500, count=30)
    await harness.push(WEB, "ship")
    await harness.advance(1)
    assert len(await list_deploys(harness)) == 1
    async with harness.store.begin_read() as tx:
        newest = (await tx.pipelines.list_newest(ProjectSlug.parse(WEB), 1))[0]
        kinds = await tx.outcomes.list_kinds(newest.id)
    assert set(kinds.values()) == {"started", "on-hold"}
    assert newest.snapshot.releases_due
    assert set(harness.polls) <= {"changed", "unchanged"}
    for _look in range(12):
        await harness.sandbox.advance(600)
        await harness.run_due()
    assert len(await list_deploys(harness)) == 2


@pytest.mark.parametrize(
    ("moved_ago", "over", "releases_due", "asked"),
    [
        (timedelta(minutes=5), False, False, 1),
        (timedelta(hours=3), False, False, 0),
        (timedelta(hours=3), True, False, 1),
        (timedelta(hours=3), False, True, 1),
    ],
)
async def test_what_moves_for_hours_is_asked_about_when_its_pipeline_does(
    harness: PollerHarness, moved_ago: timedelta, over: bool, releases_due: bool, asked: int
) -> None:
    """A deploy that is planned before a hold, which may wait for days."""
    now = harness.sandbox.now()
    planned = PipelineRelease(id="r", state="pending", component="web", environment="asia", version="1")
    pipeline = make_pipeline(created_at=now - moved_ago, updated_at=None)
    snapshot = Snapshot(pipeline=pipeline, releases=(planned,), releases_due=releases_due)
    reading = Reading(ProjectSlug.parse(WEB), snapshot, now if over else None, None, None, read_at=now)
    polled = PolledProject(ProjectSlug.parse(WEB), 1, now, 0, None, organization_id="o", deploys=DeployNames(now))
    reader = DeployReader(store=harness.store, tokens=harness.tokens, clock=harness.sandbox)
    assert len(await reader.fetch_releases(polled, [reading])) == asked
