from __future__ import annotations

import pytest

from bot.commands.projects import COMMAND
from bot.errors import UsageError
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.each_case import each_case
from tests.plugins.world import EVE, World


async def test_the_list_shows_what_the_person_can_see_and_what_to_do_with_it(each_connected_world: World) -> None:
    await each_connected_world.say("/circle projects")
    reply = await each_connected_world.reply("Your projects")
    shown = get_text(reply)
    for name in ("gh/acme/web", "gh/acme/api", "gh/acme/secret", "bb/acme/legacy", "Acme/kiosk"):
        assert name in shown
    await each_connected_world.pick(reply, "Use here")
    await each_connected_world.message("from now on, where they name none")


async def test_nobody_sees_what_circleci_hides_from_them(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say("/circle projects", as_=EVE)
    shown = get_text(await socket_world.reply("Your projects", as_=EVE))
    assert "acme/web" in shown
    assert "secret" not in shown


async def test_what_was_started_here_is_listed_though_nothing_was_a_moment_before(socket_world: World) -> None:
    await socket_world.control("reset", seed=False)
    await socket_world.connect()
    await socket_world.say("/circle projects")
    await socket_world.reply("I see no projects of yours")
    await socket_world.say("/circle trigger gh/acme/web --branch main")
    await socket_world.card("triggered it")
    await socket_world.say("/circle projects")
    await socket_world.reply("Your projects")


@each_case("page", ["0", "-1", "two", "²", "100000"])
def test_pages_are_counted_from_one(page: str) -> None:
    with pytest.raises(UsageError, match="counted from 1"):
        parse_args(COMMAND, f"--page={page}")
