"""What a hold lets through is said where it is announced, for one request, and stays true while the hold waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.rules.rule import Rule
from tests.plugins.deploy_readings import WEB, approve, count_asked, look_again
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


async def ship_twice(hold_harness: HoldHarness, rule: Rule = BOTH) -> tuple[int, int]:
    """The first is in production, and the second waits to go there."""
    await hold_harness.poller_harness.subscribe(WEB, rule=rule)
    await hold_harness.passes(0.2)
    first = await ship(hold_harness)
    await approve(hold_harness.poller_harness, first)
    await hold_harness.passes(1)
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


async def test_who_wants_no_deploys_is_told_of_none_and_nothing_is_asked(hold_harness: HoldHarness) -> None:
    await ship_twice(hold_harness, Rule.parse({"only": ["on-hold"]}))
    [told] = hold_harness.slack.list_texts("waits for approval")
    assert "This deploys" not in told
    assert not await count_asked(hold_harness.poller_harness)
