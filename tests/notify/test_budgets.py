"""What CircleCI lets a token do is shared, and a token that did too much rests alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.project_feeds import TokenOwner
from tests.plugins.poller_harness import PollerHarness, run_poller_harness


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[PollerHarness]:
    async with run_poller_harness(tmp_path, past=True) as one:
        yield one


async def _calls(harness: PollerHarness, since: int, **like: Any) -> list[dict[str, Any]]:
    return [call for call in (await harness.sandbox.calls())[since:] if like.items() <= call.items()]


async def test_a_429_slows_only_that_token_and_another_one_reads_the_project(harness: PollerHarness) -> None:
    await harness.connect("ada", "grace")
    await harness.subscribe("gh/acme/web")
    await harness.advance(1)
    await harness.control("faults", target="circleci", caller="ada", status=429, retry_after=600, count=1)
    since, number = await harness.count_calls(), await harness.push("gh/acme/web")
    await harness.advance(1)
    assert number in await harness.list_pipeline_numbers("gh/acme/web")
    assert len(await _calls(harness, since, token_owner="ada")) == 1, "it rests for as long as it was told to"
    assert harness.sandbox.naps == [], "nobody waits inside of a request"
    await harness.advance(12)
    again = await harness.count_calls()
    await harness.control("limit", a_minute=0, **{"as": "grace"})
    await harness.advance(1)
    assert await _calls(harness, again, token_owner="ada", status=200)


async def test_a_project_that_only_a_limited_token_may_read_waits_and_the_others_go_on(harness: PollerHarness) -> None:
    await harness.connect("ada", "grace")
    await harness.subscribe("gh/acme/secret", "bb/acme/legacy")
    await harness.advance(1)
    await harness.control("limit", a_minute=0, **{"as": "ada"})
    secret, legacy = await harness.push("gh/acme/secret"), await harness.push("bb/acme/legacy")
    await harness.advance(2)
    assert legacy in await harness.list_pipeline_numbers("bb/acme/legacy")
    assert secret not in await harness.list_pipeline_numbers("gh/acme/secret")
    await harness.control("limit", a_minute=6000, **{"as": "ada"})
    await harness.advance(2)
    assert secret in await harness.list_pipeline_numbers("gh/acme/secret")


async def test_an_hour_of_a_hundred_requests_is_never_overdrawn_and_builds_are_told_all_the_same(
    tmp_path: Path,
) -> None:
    async with run_poller_harness(tmp_path) as harness:
        await harness.control("limit", an_hour=100, **{"as": "ada"})
        await harness.connect("ada")
        await harness.subscribe("gh/acme/web", "gh/acme/api", "gh/acme/secret")
        for _ in range(3):
            number = await harness.push("gh/acme/api")
            await harness.advance(55)
        assert await _calls(harness, 0, status=429) == []
        assert number in await harness.list_pipeline_numbers("gh/acme/api")


async def test_whose_token_reads_a_project_is_known_also_where_its_limit_ends_the_first_look(
    harness: PollerHarness,
) -> None:
    await harness.control("faults", target="circleci", match="pipeline/", status=429, retry_after=600, count=1)
    await harness.connect("ada")
    await harness.subscribe("gh/acme/web")
    await harness.run_due()
    async with harness.store.begin_read() as tx:
        (watch,) = (await tx.polled_projects.list_for_projects(["gh/acme/web"])).values()
    assert "asks us to wait" in (watch.error or "")
    assert watch.read_by == TokenOwner("T", "ada")


async def test_a_tight_budget_is_never_overdrawn_and_every_project_gets_its_share(harness: PollerHarness) -> None:
    await harness.control("limit", a_minute=60, **{"as": "ada"})
    await harness.connect("ada")
    await harness.subscribe("gh/acme/web", "gh/acme/api", "bb/acme/legacy")
    await harness.advance(1)
    since = await harness.count_calls()
    pushed = {}
    for minute in range(6):
        for slug in ("gh/acme/web", "gh/acme/api", "bb/acme/legacy"):
            pushed[slug] = await harness.push(slug, "slow" if minute % 2 else "main")
        await harness.advance(1)
    assert await _calls(harness, since, status=429) == []
    await harness.advance(3)
    for slug, number in pushed.items():
        assert number in await harness.list_pipeline_numbers(slug)
