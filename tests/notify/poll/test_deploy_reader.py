"""Deploys are read where somebody wants them, for few requests, and never in the way of anything else."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.domain import Outcome, ProjectSlug
from bot.notify.readings import PublishPlan, Reading
from bot.rules.rule import Rule
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


async def test_an_organisation_that_deploys_nothing_costs_a_request_an_hour(harness: PollerHarness) -> None:
    """However many of its projects want deploys and however much ends: twenty-four on a steady day, and six before."""
    api = "gh/acme/api"
    for project in (WEB, api):
        await begin(harness, Rule.parse({"only": ["all"]}), project)
        await harness.push(project)
    await harness.advance(60)
    assert (await count_asked(harness)) == {"components": 6}
    since, asked = await harness.count_calls(), harness.sandbox.now()
    async with harness.store.begin() as tx:
        known = [one for each in (WEB, api) for one in await tx.pipelines.list_newest(ProjectSlug.parse(each), 9)]
    assert len(known) == 2
    for _again in range(24 * 6):
        async with harness.store.begin() as tx:
            for one in known:
                await tx.deploy_looks.ask(one.id, one.project, harness.sandbox.now())
        await harness.deploys.tick()
        await harness.tasks.drain(30)
        await harness.sandbox.advance(600)
    assert harness.sandbox.now() - asked >= timedelta(days=1)
    assert (await count_asked(harness, since)) == {"components": 24}


async def test_the_first_deploy_of_a_project_that_never_had_one_is_told_within_the_hour(harness: PollerHarness) -> None:
    await begin(harness)
    await harness.push(WEB)
    await harness.advance(180)
    await harness.push(WEB)
    await harness.advance(5)
    await harness.push(WEB, "ship")
    await harness.advance(30)
    assert await list_deploys(harness) == []
    await harness.advance(30)
    assert len(await list_deploys(harness)) == 1


async def test_the_first_deploy_of_a_project_is_told(harness: PollerHarness) -> None:
    await begin(harness)
    await harness.push(WEB, "slow")
    await harness.advance(3)
    await harness.push(WEB, "ship")
    await harness.advance(16)
    assert len(await list_deploys(harness)) == 1


async def test_what_the_list_shows_late_is_told(harness: PollerHarness) -> None:
    await begin(harness)
    nothing = '{"items": [], "next_page_token": null}'
    releases = "/deploy/projects/*/releases"
    await harness.control("faults", target="circleci", match=releases, body=nothing, count=3)
    await harness.push(WEB, "ship")
    await harness.advance(16)
    assert len(await list_deploys(harness)) == 1


async def test_hidden_environments_are_named_by_their_ids_and_asked_for_seldom(harness: PollerHarness) -> None:
    await harness.connect("bob")
    await begin(harness)
    await harness.control("faults", target="circleci", match="/deploy/environments", status=403, count=0)
    await harness.push(WEB, "ship")
    await harness.advance(5)
    (staging,) = await list_deploys(harness)
    assert staging.deploy
    assert staging.deploy.environment
    assert (await count_asked(harness))["environments"] == 1


async def test_a_pipeline_that_is_missing_holds_up_no_deploy(harness: PollerHarness) -> None:
    await begin(harness)
    await harness.push(WEB, "slow")
    await harness.advance(0.3)
    async with harness.store.begin_read() as tx:
        (slow,) = await tx.pipelines.list_newest(ProjectSlug.parse(WEB), 1)
    await harness.control("faults", target="circleci", match=f"/pipeline/{slow.id}", status=404, count=0)
    await harness.push(WEB, "ship")
    await harness.advance(4)
    assert len(await list_deploys(harness)) == 1


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
    await harness.control("faults", target="circleci", match="/deploy/", status=500, count=12)
    await harness.push(WEB, "ship")
    await harness.advance(1)
    assert len(await list_deploys(harness)) == 1
    async with harness.store.begin_read() as tx:
        newest = (await tx.pipelines.list_newest(ProjectSlug.parse(WEB), 1))[0]
        kinds = await tx.outcomes.list_kinds(newest.id)
    assert set(kinds.values()) == {"started", "on-hold"}
    assert newest.snapshot.releases == ()
    assert set(harness.polls) <= {"changed", "unchanged"}
    for _look in range(12):
        await harness.sandbox.advance(600)
        await harness.run_due()
    assert len(await list_deploys(harness)) == 2


class Asleep:
    """A deploy reader that is not there yet."""

    async def tick(self) -> float:
        return 1.0


async def test_what_ended_in_a_process_of_an_older_release_is_asked_about_by_the_next_that_reads_it(
    harness: PollerHarness,
) -> None:
    await begin(harness)
    reader, harness.deploys = harness.deploys, Asleep()
    await harness.push(WEB, "ship")
    await harness.advance(2)
    async with harness.store.begin() as tx:
        (ship,) = await tx.pipelines.list_newest(ProjectSlug.parse(WEB), 1)
        older = ship.snapshot.model_dump_json(exclude={"releases"})
        await tx.pipelines.update(
            ship.id, older, "main", tag=None, finished_at=None, next_look_at=ship.next_look_at, was_due_at=None
        )
        for look in await tx.deploy_looks.claim(harness.sandbox.now(), 1, "older", limit=9):
            await tx.deploy_looks.settle(look, None, "older")
    harness.deploys = reader
    await harness.advance(5)
    assert len(await list_deploys(harness)) == 1


async def test_what_is_planned_behind_a_hold_is_asked_about_when_the_hold_is_decided_and_else_seldom(
    harness: PollerHarness,
) -> None:
    await begin(harness)
    number = await harness.push(WEB, "ship")
    await harness.advance(2)
    (staging,) = await list_deploys(harness)
    planned = {"id": "planned", "status": "PENDING", "target_version": "1.0.9", "pipeline_id": staging.pipeline_id}
    planned |= {"component_id": "web", "environment_id": "production", "created_at": staging.happened_at.isoformat()}
    body = json.dumps({"items": [planned], "next_page_token": None})
    await harness.control("faults", target="circleci", match="/deploy/projects/*/releases", body=body, count=0)
    since = await harness.count_calls()
    async with harness.store.begin() as tx:
        await tx.deploy_looks.ask(staging.pipeline_id, ProjectSlug.parse(WEB), harness.sandbox.now())
    for _look in range(49 * 6):
        await harness.deploys.tick()
        await harness.tasks.drain(30)
        await harness.sandbox.advance(600)
    assert (await count_asked(harness, since))["releases"] <= 8
    async with harness.store.begin_read() as tx:
        assert (await tx.pipelines.list_newest(ProjectSlug.parse(WEB), 1))[0].snapshot.releases[-1].is_planned
    since = await harness.count_calls()
    await approve(harness, number)
    await harness.advance(1)
    assert (await count_asked(harness, since))["releases"] >= 1


class Broken:
    """A publisher with a bug."""

    async def plan(self, _reading: Reading) -> PublishPlan:
        raise RuntimeError("a bug")

    async def commit(self, *_told: object, **_more: object) -> None:
        raise AssertionError("nothing was planned")


async def test_a_bug_is_met_six_times_and_no_more(harness: PollerHarness) -> None:
    await begin(harness)
    harness.deploys = harness.build_deploys(publisher=Broken())
    await harness.push(WEB, "ship")
    with capture_logs() as logged:
        await harness.advance(4)
        for _look in range(60):
            await harness.sandbox.advance(600)
            await harness.deploys.tick()
            await harness.tasks.drain(30)
    told = Counter(line["event"] for line in logged if line["event"].startswith("deploys."))
    assert told == {"deploys.failed": 6, "deploys.given_up": 1}
    async with harness.store.begin_read() as tx:
        assert await tx.deploy_looks.list_next_due_at(harness.sandbox.now(), 1) == []


@pytest.mark.parametrize(
    "trouble",
    [
        {"status": 401},
        {"status": 403},
        {"status": 404},
        {"status": 429, "retry_after": 600},
        {"status": 500},
        {"delay_s": 60},
        {"body": "<html>"},
        {"body": '{"items": "none"}'},
        {"body": '{"items": [' + '{"id": "x"},' * 5_000 + '{"id": "x"}]}'},
    ],
    ids=lambda one: "-".join(str(value)[:16] for value in one.values()),
)
async def test_whatever_is_said_of_deploys_all_else_is_told_by_the_same_tokens(
    harness: PollerHarness, trouble: dict[str, Any]
) -> None:
    if "delay_s" in trouble:
        harness.deploys = harness.build_deploys(patience_s=0.01)
    await harness.connect("bob")
    await begin(harness, Rule.parse({"only": ["all"]}))
    await harness.control("faults", target="circleci", match="/deploy/", count=0, **trouble)
    await harness.push(WEB, "broken")
    await harness.advance(10)
    number = await harness.push(WEB)
    await harness.advance(1)
    async with harness.store.begin_read() as tx:
        newest, broken = await tx.pipelines.list_newest(ProjectSlug.parse(WEB), 2)
        kinds = await tx.outcomes.list_kinds(broken.id)
        active = await tx.accounts.list_active_people("T")
    assert newest.number == number
    assert "failed" in kinds.values()
    assert broken.snapshot.failures
    assert {person.user for person in active} == {"ada", "bob"}
    assert set(harness.polls) <= {"changed", "unchanged"}
    assert await list_deploys(harness) == []


async def test_the_card_keeps_why_it_failed(harness: PollerHarness) -> None:
    await begin(harness, Rule.parse({"only": ["all"]}))
    await harness.push(WEB, "broken")
    await harness.advance(12)
    async with harness.store.begin_read() as tx:
        (newest,) = await tx.pipelines.list_newest(ProjectSlug.parse(WEB), 1)
    assert newest.snapshot.failures
    assert newest.snapshot.verdicts
    assert await count_asked(harness)
