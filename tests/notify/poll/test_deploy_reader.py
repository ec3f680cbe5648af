"""Deploys are read where somebody wants them, for few requests, and never in the way of anything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.domain import ProjectSlug
from bot.notify.readings import PublishPlan, Reading
from bot.rules.rule import Rule
from tests.plugins.deploy_readings import WEB, approve, begin, count_asked, list_deploys, list_told, look_again
from tests.plugins.poller_harness import PollerHarness, run_poller_harness


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[PollerHarness]:
    async with run_poller_harness(tmp_path, interval_s=10) as one:
        await one.connect("ada")
        yield one


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
    await harness.push(WEB, "bad-release")
    await harness.advance(3)
    assert not await count_asked(harness)


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


async def test_while_nothing_is_due_the_database_is_asked_four_times_a_minute(harness: PollerHarness) -> None:
    await begin(harness)
    assert await harness.deploys.tick() == 15


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
