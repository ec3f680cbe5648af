"""What is under way is followed to its end: for whoever asks late, across processes, holds and pages."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain import ProjectSlug
from bot.rules.rule import Rule
from tests.plugins.deploy_readings import WEB, approve, begin, count_asked, list_deploys, list_told, look_again
from tests.plugins.poller_harness import PollerHarness, run_poller_harness

RELEASES = "/deploy/projects/*/releases"


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[PollerHarness]:
    async with run_poller_harness(tmp_path, interval_s=10) as one:
        await one.connect("ada")
        yield one


async def show(harness: PollerHarness, release: dict[str, Any], count: int = 0) -> None:
    """All that CircleCI lists that many times, or from now on."""
    body = json.dumps({"items": [release], "next_page_token": None})
    await harness.control("faults", target="circleci", match=RELEASES, body=body, count=count)


async def test_a_rule_hears_how_a_validation_ends_that_was_under_way_when_it_was_made(harness: PollerHarness) -> None:
    await begin(harness, Rule())
    await harness.push(WEB, "ship")
    await harness.advance(10)
    assert not await list_deploys(harness)
    async with harness.store.begin_read() as tx:
        (ship,) = await tx.pipelines.list_newest(ProjectSlug.parse(WEB), 1)
    began_at = harness.sandbox.now()
    released = {"id": "r", "status": "VALIDATING", "target_version": "1.0.9", "pipeline_id": ship.id}
    released |= {"component_id": "web", "environment_id": "production", "created_at": began_at.isoformat()}
    passed = {**released, "status": "SUCCESS", "ended_at": (began_at + timedelta(minutes=3)).isoformat()}
    await show(harness, released, count=2)
    await show(harness, passed)
    await begin(harness)
    await harness.advance(5)
    (ended,) = await list_deploys(harness)
    assert [key for key in await list_told(harness) if key.startswith(ended.key)] == [f"{ended.key}:T:C"]


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
    await show(harness, planned)
    since = await harness.count_calls()
    async with harness.store.begin() as tx:
        await tx.deploy_looks.ask(staging.pipeline_id, staging.project, harness.sandbox.now(), starter=None)
    for _look in range(49 * 3):
        await harness.deploys.tick()
        await harness.tasks.drain(30)
        await harness.sandbox.advance(1200)
    assert (await count_asked(harness, since))["releases"] <= 8
    async with harness.store.begin_read() as tx:
        assert (await tx.pipelines.list_newest(ProjectSlug.parse(WEB), 1))[0].snapshot.releases[-1].is_planned
    since = await harness.count_calls()
    await approve(harness, number)
    await harness.advance(1)
    assert (await count_asked(harness, since))["releases"] >= 1


async def test_what_a_page_of_newer_deploys_has_pushed_off_the_first_is_found_behind_it(harness: PollerHarness) -> None:
    await begin(harness)
    await harness.push(WEB, "bad-release")
    await look_again(harness)
    async with harness.store.begin() as tx:
        (known,) = await tx.pipelines.list_newest(ProjectSlug.parse(WEB), 9)
        await tx.deploy_looks.ask(known.id, known.project, harness.sandbox.now() + timedelta(seconds=7), starter=None)
    await harness.sandbox.advance(4)
    for _newer in range(21):
        await harness.push(WEB, "ship")
    await harness.sandbox.advance(3)
    await harness.deploys.tick()
    await harness.tasks.drain(30)
    since = await harness.count_calls()
    await harness.sandbox.advance(70)
    await harness.deploys.tick()
    await harness.tasks.drain(30)
    assert [one.kind for one in await list_deploys(harness)] == ["deploy-failed"]
    assert await count_asked(harness, since) == {"releases": 3}, "a page, and that one with those behind it"
