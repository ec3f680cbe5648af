from __future__ import annotations

import pytest

from bot.commands.orgs import COMMAND
from bot.errors import UsageError
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import EVE, World


async def test_organisations_are_listed_by_name_and_lead_to_what_runs_in_them(each_connected_world: World) -> None:
    await each_connected_world.say("/circle use gh/acme/web")
    await each_connected_world.reply("from now on, where they name none")
    await each_connected_world.say("/circle orgs")
    reply = await each_connected_world.reply("Your organisations at CircleCI")
    shown = get_text(reply)
    for slug in ("`gh/ada`", "`gh/acme` · github — :pushpin: of the project here", "`bb/acme`"):
        assert slug in shown
    assert "*Acme* · `circleci/" in shown
    of_acme = {**reply, "blocks": reply["blocks"][3:5]}
    await each_connected_world.press(of_acme, "Show Recent Pipelines")
    await each_connected_world.message("Recent pipelines of all of `gh/acme`")


async def test_somebody_elses_organisations_are_not_ones_own(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say("/circle orgs", as_=EVE)
    shown = get_text(await socket_world.reply("Your organisations at CircleCI", as_=EVE))
    assert "`gh/acme`" in shown
    assert "`bb/acme`" not in shown


async def test_a_page_beyond_the_last_says_so(connected_world: World) -> None:
    await connected_world.say("/circle orgs --page 9")
    await connected_world.reply("There are no more")


def test_a_name_is_told_that_all_are_listed() -> None:
    with pytest.raises(UsageError, match="takes no name"):
        parse_args(COMMAND, "acme")
