"""What a hold lets through is said where it is announced, for one request, and stays true while the hold waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.rules.rule import Rule
from tests.plugins.deploy_readings import WEB, approve, count_asked, list_deploys, look_again
from tests.plugins.fake_delivery import FakeDelivery
from tests.plugins.hold_harness import HoldHarness
from tests.plugins.poller_harness import run_poller_harness

BOTH = Rule.parse({"only": ["on-hold", "deployed", "rolled-back"]})


@pytest.fixture
async def hold_harness(tmp_path: Path) -> AsyncIterator[HoldHarness]:
    async with run_poller_harness(tmp_path, interval_s=10) as poller_harness:
        await poller_harness.connect("ada")
        yield HoldHarness(poller_harness, FakeDelivery(poller_harness.store))


async def ship(hold_harness: HoldHarness) -> int:
    number = await hold_harness.poller_harness.push(WEB, "ship")
    await hold_harness.passes(1)
    return number


async def ship_twice(hold_harness: HoldHarness, rule: Rule = BOTH, *, minutes: float = 1) -> tuple[int, int]:
    """The first is in production for so long, and the second waits to go there."""
    await hold_harness.poller_harness.subscribe(WEB, rule=rule)
    await hold_harness.passes(0.2)
    first = await ship(hold_harness)
    await approve(hold_harness.poller_harness, first)
    await hold_harness.passes(minutes)
    await look_again(hold_harness.poller_harness)
    return first, await ship(hold_harness)


async def test_it_says_what_runs_there_and_who_pushed_since_for_one_request(hold_harness: HoldHarness) -> None:
    first, second = await ship_twice(hold_harness)
    [told] = hold_harness.slack.list_texts("waits for approval")
    assert f"#{second}> to *production*, where `1.0.{first}` runs.\nNew there: pushes by lin · <http" in told
    asked = await count_asked(hold_harness.poller_harness)
    third = await ship(hold_harness)
    assert [f"#{third}> to *production*" in one for one in hold_harness.slack.list_texts("waits for")] == [False, True]
    more = await count_asked(hold_harness.poller_harness) - asked
    assert more == {"releases": 1}


async def test_it_follows_what_is_deployed_while_it_waits(hold_harness: HoldHarness) -> None:
    _first, second = await ship_twice(hold_harness)
    third = await ship(hold_harness)
    await approve(hold_harness.poller_harness, third)
    await hold_harness.passes(1)
    await look_again(hold_harness.poller_harness)
    await hold_harness.passes(0)
    [told] = hold_harness.slack.list_texts("waits for approval")
    assert f"#{second}> to *production*, where `1.0.{third}` runs.\n:warning: What runs there is newer." in told
    await approve(hold_harness.poller_harness, second)
    await hold_harness.passes(1)
    assert not hold_harness.slack.list_texts("This deploys")


HOLDS = Rule.parse({"only": ["on-hold"]})


async def test_who_wants_no_deploys_reads_it_too_for_few_requests(hold_harness: HoldHarness) -> None:
    first, second = await ship_twice(hold_harness, HOLDS, minutes=15)
    told = hold_harness.slack.list_texts("waits for approval")[-1]
    assert f"#{second}> to *production*, where `1.0.{first}` runs.\nNew there: pushes by lin · <http" in told
    asked = await count_asked(hold_harness.poller_harness)
    assert asked == {"components": 3, "environments": 2, "releases": 2}
    await hold_harness.passes(50)
    assert await count_asked(hold_harness.poller_harness) == asked
    assert await list_deploys(hold_harness.poller_harness) == []


async def test_while_it_waits_it_is_asked_about_ever_less_often_and_no_longer_than_two_days(
    hold_harness: HoldHarness,
) -> None:
    await ship_twice(hold_harness, HOLDS)
    asked = await count_asked(hold_harness.poller_harness)
    for _hour in range(72):
        await hold_harness.poller_harness.sandbox.advance(3600)
        await hold_harness.poller_harness.deploys.tick()
        await hold_harness.poller_harness.tasks.drain(30)
    more = await count_asked(hold_harness.poller_harness) - asked
    assert 4 <= more["releases"] <= 7
    assert sum(more.values()) - more["releases"] <= 9


async def test_a_hold_that_sounds_like_no_deploy_and_one_where_nothing_deploys_ask_next_to_nothing(
    hold_harness: HoldHarness,
) -> None:
    harness = hold_harness.poller_harness
    await harness.subscribe("gh/acme/api", WEB, rule=HOLDS)
    await hold_harness.passes(0.2)
    hold, after = {"name": "qa-sign-off", "type": "approval"}, {"name": "tests", "requires": ["qa-sign-off"]}
    story = {"workflows": [{"name": "build", "jobs": [hold, after]}]}
    await harness.control("push", project=WEB, branch="main", story=story)
    await hold_harness.passes(2)
    assert hold_harness.slack.list_texts("waits for approval")
    assert not await count_asked(harness)
    await harness.control("faults", target="circleci", match="/deploy/components", body='{"items": []}', count=0)
    for _hold in range(3):
        await ship(hold_harness)
    assert await count_asked(harness) == {"components": 1}
