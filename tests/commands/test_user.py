from __future__ import annotations

import pytest

from bot.commands.user import COMMAND
from bot.errors import UsageError
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.each_case import each_case
from tests.plugins.world import World

_NOBODY = "5034460f-c7c4-4c43-9457-de07e2029e7b"


async def test_an_id_becomes_a_name(each_connected_world: World) -> None:
    mine, grace = await _id_of(each_connected_world, "ada"), await _id_of(each_connected_world, "grace")
    await each_connected_world.say(f"/circle user {grace}")
    reply = get_text(await each_connected_world.reply("Grace (grace)"))
    assert grace in reply
    assert "that is you" not in reply
    await each_connected_world.say(f"/circle user {mine.upper()}")
    await each_connected_world.reply("that is you")


async def test_an_id_that_circleci_does_not_know_is_said_so(connected_world: World) -> None:
    await connected_world.say(f"/circle user {_NOBODY}")
    await connected_world.reply(f"CircleCI knows nobody with the id `{_NOBODY}`")


@each_case("text", ["", "ada", "<@U0GRACE>", f"{_NOBODY} {_NOBODY}", "5034460f-c7c4-4c43-9457"])
def test_what_is_no_id_is_refused_with_how_one_looks(text: str) -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, text)


async def _id_of(world: World, login: str) -> str:
    headers = {"Circle-Token": f"CCIPAT_{login}"}
    return str((await world.http.get("/circleci/api/v2/me", headers=headers)).json()["id"])
