from __future__ import annotations

import pytest

from tests.plugins.block_reader import get_buttons
from tests.plugins.world import World


@pytest.mark.parametrize("line", ["status gh/acme/wbe", "recent gh/acme/wbe --mine", "tests gh/acme/wbe 5"])
async def test_a_misspelt_project_is_offered_as_it_is_spelt(connected_world: World, line: str) -> None:
    await connected_world.say(f"/circle {line}")
    reply = await connected_world.reply("CircleCI does not know `acme/wbe`, or hides it from you.")
    assert get_buttons(reply) == ["Use acme/web"]
    await connected_world.press(reply, "Use acme/web")
    await connected_world.message("Which job of pipeline #5?" if "tests" in line else "acme/web")


async def test_a_project_like_no_other_leads_to_those_that_there_are(connected_world: World) -> None:
    await connected_world.say("/circle status gh/elsewhere/nothing-like-it")
    await connected_world.press(await connected_world.reply("CircleCI does not know"), "Show My Projects")
    await connected_world.message("Your projects")


async def test_a_project_at_the_end_of_a_sentence_is_understood(connected_world: World) -> None:
    for words in ("gh/acme/web.", "web!"):
        await connected_world.say(f"/circle status {words}")
        await connected_world.reply("the newest pipeline of each branch")
