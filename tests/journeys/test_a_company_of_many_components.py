"""450 components of one repository, in two environments: what is not looked at is said, and found by its name."""

from __future__ import annotations

import pytest

from tests.plugins.block_reader import get_text
from tests.plugins.world import Json, World

COUNT = 450
LAST = "service-450"


def build_monolith() -> Json:
    """Everything to staging, and the last one to production as well."""
    names = [f"service-{number:03}" for number in range(1, COUNT + 1)]
    jobs = [{"name": f"ship-{name}", "deploys": "staging", "component": name} for name in names]
    parts = [{"name": f"part-{at}", "jobs": jobs[at : at + 90]} for at in range(0, COUNT, 90)]
    last = {"name": "release-last", "deploys": "production", "component": LAST}
    return {
        "name": "monolith",
        "branches": {
            "main": {"workflows": parts},
            "last": {"workflows": [{"name": "last", "jobs": [last]}]},
            "again": {"workflows": [{"name": "again", "jobs": [{**last, "name": "again"}]}]},
        },
    }


@pytest.fixture
async def slug(connected_world: World) -> str:
    (slug,) = (await connected_world.control("world", projects=[build_monolith()]))["projects"]
    await connected_world.control("push", project=slug, branch="main")
    await connected_world.control("advance", seconds=60)
    return str(slug)


async def deploy_last(world: World, slug: str, branch: str = "last") -> None:
    await world.control("push", project=slug, branch=branch)
    await world.control("advance", seconds=60)


async def test_what_was_deployed_last_is_shown_and_the_rest_is_counted(connected_world: World, slug: str) -> None:
    world = connected_world
    await deploy_last(world, slug)
    before = len((await world.fetch_state("circleci.calls"))["circleci"]["calls"])
    await world.say(f"/circle deploys {slug}")
    shown = get_text(await world.reply("what runs where"))
    after = len((await world.fetch_state("circleci.calls"))["circleci"]["calls"])
    assert f"*production \u00b7 {LAST}* runs `1.0.2`" in shown
    assert shown.index("*production \u00b7") < shown.index("*staging \u00b7")
    assert "I did not look at 438 components: name one by `--component`." in shown
    assert after - before <= 40


async def test_each_is_found_by_its_name(connected_world: World, slug: str) -> None:
    await connected_world.say(f"/circle deploys {slug} --component {LAST}")
    assert f"*staging \u00b7 {LAST}* runs `1.0.1`" in get_text(await connected_world.reply("what runs where"))
    await connected_world.say(f"/circle deploys {slug} --component service-451")
    assert "No component is called `service-451`" in get_text(await connected_world.reply("service-451"))


async def test_nothing_is_said_not_to_run_that_was_not_looked_at(connected_world: World, slug: str) -> None:
    world = connected_world
    await world.say(f"/circle deploys {slug} --environment staging --namespace blue")
    told = get_text(await world.reply("None of the components of"))
    assert "that I looked at was deployed to `staging` \u00b7 `blue`" in told
    assert "I did not look at 438 components" in told
    await world.say(f"/circle deploys {slug} 1234567890")
    assert "I did not look at 438 components" in get_text(await world.reply("I find no deploy"))
    await world.say(f"/circle promote {slug}")
    assert "I did not look at 438 components" in get_text(await world.message("No hold of", modal=True))


async def test_the_only_one_that_was_looked_at_is_not_taken_for_the_one_that_is_meant(
    connected_world: World, slug: str
) -> None:
    world = connected_world
    await deploy_last(world, slug)
    await deploy_last(world, slug, "again")
    await world.say(f"/circle rollback {slug} --environment production")
    asked = get_text(await world.message("Where?", modal=True))
    assert LAST in asked
    assert "I did not look at 438 components" in asked
    await world.say(f"/circle rollback {slug} --environment production --component {LAST}")
    assert "runs `1.0.3`" in get_text(await world.form("runs `1.0"))
