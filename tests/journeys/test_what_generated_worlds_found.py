"""What generated worlds have shown to be wrong, each as its smallest story."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.plugins.block_reader import get_text
from tests.plugins.slack_users import ADA, DEPLOYS
from tests.plugins.stepped_world import SteppedWorld, run_stepped_world

HOLDS = {"workflows": [{"name": "ship", "jobs": [{"name": "go?", "type": "approval"}]}]}
FAILS = {"workflows": [{"name": "build", "jobs": [{"name": "test", "outcomes": ["failed"]}]}]}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[SteppedWorld]:
    async with run_stepped_world(tmp_path, {"projects": [{"name": "shop", "branches": {"main": FAILS}}]}) as one:
        await one.connect()
        yield one


async def _told(world: SteppedWorld) -> list[str]:
    return [
        get_text(one) for one in await world.list_messages(DEPLOYS) if one.get("thread_ts") not in {None, one["ts"]}
    ]


async def test_whoever_reruns_what_failed_is_told_how_the_rerun_ends_and_not_what_they_saw_fail(
    world: SteppedWorld,
) -> None:
    await world.control("push", project="gh/acme/shop", branch="main")
    await world.run_until_idle()
    failed = (await world.list_pipelines())[0]["workflows"][0]
    await world.say(f"/circle rerun {failed['id']} --failed")
    await world.run_until_idle()
    told = "\n".join(await _told(world))
    again = next(run for run in (await world.list_pipelines())[0]["workflows"] if run["id"] != failed["id"])
    assert failed["id"] not in told
    assert again["id"] in told


async def test_cards_stay_true_when_the_rule_that_put_them_there_is_gone(world: SteppedWorld) -> None:
    await world.say("/circle subscribe gh/acme/shop --only all")
    await world.reply("You own rule")
    pushed = await world.control("push", project="gh/acme/shop", branch="main", story=HOLDS)
    await world.run_until_idle()
    await world.change("unsubscribe 1", as_=ADA, channel=DEPLOYS)
    await _approve_on_the_web(world)
    await world.run_until_idle()
    assert "— *success*" in get_text(await world.card(number=pushed["number"]))


async def test_a_card_that_somebody_only_wanted_to_see_is_kept_true_without_any_rule(world: SteppedWorld) -> None:
    pushed = await world.control("push", project="gh/acme/shop", branch="main", story=HOLDS)
    await world.control("advance", seconds=60)
    await world.say(f"/circle pipeline gh/acme/shop {pushed['number']} --card")
    await world.reply()
    await world.run_until_idle()
    assert "— *on hold*" in get_text(await world.card(number=pushed["number"]))
    await _approve_on_the_web(world)
    await world.run_until_idle()
    assert "— *success*" in get_text(await world.card(number=pushed["number"]))
    assert await _told(world) == []


async def test_a_card_says_that_nothing_runs_only_when_somebody_has_looked(world: SteppedWorld) -> None:
    pushed = await world.control("push", project="gh/acme/shop", branch="main", story=HOLDS)
    await world.control("advance", seconds=60)
    await world.say(f"/circle pipeline gh/acme/shop {pushed['number']} --card")
    await world.reply()
    await world.app.delivery.tick()
    await world.app.delivery.drain(10)
    assert "— *pending*" in get_text(await world.card(number=pushed["number"]))


async def _approve_on_the_web(world: SteppedWorld) -> None:
    (run,) = (await world.list_pipelines())[0]["workflows"]
    await world.control("decide", workflow_id=run["id"], hold="go?")
