"""What somebody asks where others read can be shown to them too: when they say so, and not before."""

from __future__ import annotations

import pytest

from tests.plugins.block_reader import get_buttons, get_text
from tests.plugins.world import GRACE, World

ASKED = {
    "status main": "of acme/web is *green*",
    "why gh/acme/web 26": "build-and-test",
    "jobs gh/acme/web 26 build-and-test": "build-and-test",
    "tests gh/acme/web 26": "tests failed in test",
    "recent": "Recent pipelines",
    "pipeline gh/acme/web 26": "#26",
}


@pytest.mark.parametrize(("line", "says"), ASKED.items())
async def test_an_answer_to_a_mention_is_shared_at_a_press(connected_world: World, line: str, says: str) -> None:
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.reply("acme/web")
    await connected_world.say(f"@circlebot {line}")
    await connected_world.press(await connected_world.reply(says), "Share It Here")
    shared = await connected_world.message("<@U0ADA> shared this.", as_=GRACE)
    assert says in get_text(shared)
    assert "Share It Here" not in get_buttons(shared)


async def test_the_button_that_shares_stands_beside_the_others(connected_world: World) -> None:
    await connected_world.say("@circlebot status gh/acme/web main")
    answer = await connected_world.reply("of acme/web is *green*")
    (row,) = [block for block in answer["blocks"] if block["type"] == "actions"]
    assert get_buttons({"blocks": [row]}) == ["Show Pipeline", "Show Recent", "Share It Here"]


async def test_in_a_thread_it_is_shared_in_the_thread(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch broken")
    card = await connected_world.card("failed")
    await connected_world.say("@circlebot jobs", thread_ts=card["ts"])
    await connected_world.press(await connected_world.reply("Jobs of build-and-test"), "Share It Here")
    await connected_world.thread(card, "<@U0ADA> shared this.", as_=GRACE)


async def test_a_slash_command_is_answered_alone_and_shares_by_its_option(connected_world: World) -> None:
    await connected_world.say("/circle status gh/acme/web main")
    assert "Share It Here" not in get_buttons(await connected_world.reply("is *green*"))
    await connected_world.say("/circle status gh/acme/web main --here")
    await connected_world.message("<@U0ADA> shared this.", as_=GRACE)


@pytest.mark.parametrize("line", ["me", "help", "logs gh/acme/web 26", "rerun gh/acme/web 99999"])
async def test_what_is_of_a_person_a_file_or_an_error_is_not_offered(connected_world: World, line: str) -> None:
    await connected_world.say(f"@circlebot {line}")
    assert "Share It Here" not in get_buttons(await connected_world.reply())


async def test_in_our_direct_messages_nobody_else_reads(connected_world: World) -> None:
    await connected_world.say("status gh/acme/web main", channel="D0ADA")
    assert "Share It Here" not in get_buttons(await connected_world.message("is *green*", channel="D0ADA"))
