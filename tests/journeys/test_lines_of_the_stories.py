"""What the page's panel says to try after a push works, for every story."""

from __future__ import annotations

from sandbox.circleci.story_guide import list_guides
from tests.plugins.world import World

WEB = "gh/acme/web"


async def test_the_line_beside_each_story_is_answered_with_its_pipeline(connected_world: World) -> None:
    for branch, guide in list_guides().items():
        number = (await connected_world.control("push", project=WEB, branch=branch))["number"]
        await connected_world.control("advance", seconds=10 if branch == "slow" else 120)
        await connected_world.say(guide["line"].format(project=WEB))
        await connected_world.message("2 holds of `release` wait" if branch == "release" else f"#{number}")
