from __future__ import annotations

import pytest

from tests.plugins.block_reader import get_text
from tests.plugins.world import World

WEB = "gh/acme/web"


async def ship(world: World, branch: str = "ship", seconds: int = 60) -> int:
    """What it deploys to staging waits for its hold; the pipeline's number."""
    number: int = (await world.control("push", project=WEB, branch=branch, subject="Ship the basket"))["number"]
    await world.control("advance", seconds=seconds)
    return number


async def count_requests(world: World) -> int:
    return len((await world.fetch_state("circleci.calls"))["circleci"]["calls"])


async def test_what_runs_where_with_what_it_replaced(each_connected_world: World) -> None:
    number = await ship(each_connected_world)
    await each_connected_world.say(f"/circle deploys {WEB}")
    shown = get_text(await each_connected_world.reply("what runs where"))
    assert f"*staging* runs `1.0.{number}`" in shown
    assert f"#{number}" in shown
    assert "Ship the basket" in shown
    assert "Before: `1.0.12`" in shown
    assert "*production* runs `1.0.12`" in shown


async def test_one_environment_and_a_release_that_was_rolled_back(connected_world: World) -> None:
    number = await ship(connected_world, "bad-release")
    await connected_world.say(f"/circle deploys {WEB} --environment Production")
    shown = get_text(await connected_world.reply("what runs where"))
    assert "*production* runs `1.0.12` again: rolled back" in shown
    assert f"#{number}> · `1.0.{number}` failed" in shown
    assert "Validation failed" in shown
    assert "staging" not in shown


async def test_a_project_without_deploys_hears_what_to_do_for_two_requests(connected_world: World) -> None:
    before = await count_requests(connected_world)
    await connected_world.say("/circle deploys gh/acme/api")
    reply = await connected_world.reply("CircleCI shows no deploys of `acme/api`")
    assert await count_requests(connected_world) - before == 2
    assert "https://circleci.com/docs/" in str(reply["blocks"])


async def test_a_server_hears_that_it_has_none(connected_world: World) -> None:
    await connected_world.control("server", on=True)
    await connected_world.say(f"/circle deploys {WEB}")
    await connected_world.reply("CircleCI shows no deploys")


@pytest.mark.parametrize("match", ["/releases", "/deploy/environments"])
async def test_what_cannot_be_read_costs_only_itself(connected_world: World, match: str) -> None:
    await ship(connected_world)
    await connected_world.control("faults", target="circleci", match=match, status=404, count=5)
    await connected_world.say(f"/circle deploys {WEB}")
    assert "runs `1.0.12`" in get_text(await connected_world.reply("what runs where"))
