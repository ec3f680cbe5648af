"""What generated worlds have shown to be wrong, each as its smallest story."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.plugins.people import DEPLOYS
from tests.plugins.reading import text_of
from tests.plugins.steered import Steered, steered

FAILS = {"workflows": [{"name": "build", "jobs": [{"name": "test", "outcomes": ["failed"]}]}]}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Steered]:
    async with steered(tmp_path, {"projects": [{"name": "shop", "branches": {"main": FAILS}}]}) as one:
        await one.connect()
        yield one


async def _told(world: Steered) -> list[str]:
    return [text_of(one) for one in await world.messages(DEPLOYS) if one.get("thread_ts") not in {None, one["ts"]}]


async def test_whoever_reruns_what_failed_is_told_how_the_rerun_ends_and_not_what_they_saw_fail(world: Steered) -> None:
    await world.control("push", project="gh/acme/shop", branch="main")
    await world.settle()
    failed = (await world.pipelines())[0]["workflows"][0]
    await world.say(f"/circle rerun {failed['id']} --failed")
    await world.reply("Rerun from failed")
    await world.settle()
    told = "\n".join(await _told(world))
    again = next(run for run in (await world.pipelines())[0]["workflows"] if run["id"] != failed["id"])
    assert failed["id"] not in told
    assert again["id"] in told
