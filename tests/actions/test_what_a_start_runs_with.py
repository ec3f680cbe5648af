"""A policy asks what a pipeline will run with: by the config that runs, or else nobody knows it."""

from __future__ import annotations

from tests.plugins.voting import require
from tests.plugins.world import World

CONFIG = """version: 2.1
parameters: {{environment: {{type: string, default: {default}}}}}
jobs: {{build: {{docker: [{{image: x}}], steps: [checkout]}}}}
workflows: {{main: {{jobs: [build]}}}}
"""
TRIGGER = "/circle trigger handbook --branch main --definition build"


async def test_a_default_counts_only_where_it_is_of_the_config_that_runs(connected_world: World) -> None:
    world = connected_world
    await require(world, {"deny": "everybody", "do": "start", "parameters": {"environment": "production"}})
    projects = (await world.fetch_state("circleci.projects"))["circleci"]["projects"]
    slug = next(one["slug"] for one in projects if one["name"] == "handbook")
    for branch, default in (("next", "production"), ("main", "staging")):
        await world.control("push", project=slug, branch=branch, config=CONFIG.format(default=default))
    await world.say(f"{TRIGGER} --config-branch next")
    await world.reply("Your workspace's policy does not let you use `trigger` for this")
    assert await world.list_requests("/pipeline/run") == []
    await world.say(TRIGGER)
    await world.message("triggered it")
    await world.say(f"{TRIGGER} --config-branch next environment=staging")
    await world.message("/7|Acme/handbook #7>")
    assert len(await world.list_requests("/pipeline/run")) == 2
