from __future__ import annotations

import pytest

from bot.commands.use import COMMAND
from bot.errors import UsageError
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import DEPLOYS, EVE, PRIVATE, WEB, World


async def test_a_channel_gets_its_project_and_commands_need_not_name_it(each_connected_world: World) -> None:
    await each_connected_world.say("/circle use github/acme/web")
    await each_connected_world.message("made `acme/web` this channel's default project")
    await each_connected_world.say("/circle status")
    await each_connected_world.reply("acme/web")
    await each_connected_world.say("/circle status", channel=WEB)
    await each_connected_world.reply("Which project?", channel=WEB)


async def test_use_alone_shows_the_project_and_none_forgets_it(connected_world: World) -> None:
    await connected_world.say("/circle use")
    await connected_world.reply("has no default project")
    await connected_world.say("/circle use web")
    await connected_world.message("made `acme/web` this channel's default project")
    await connected_world.say("/circle use")
    await connected_world.reply("`acme/web` is this channel's default project")
    await connected_world.say("/circle use --none")
    await connected_world.message("<@U0ADA> removed this channel's default project, `acme/web`.")
    async with connected_world.app.core.store.begin_read() as tx:
        assert await tx.channels.find_project("T0SANDBOX", DEPLOYS) is None


async def test_where_no_project_is_set_the_form_is_offered(connected_world: World) -> None:
    await connected_world.say("/circle use", channel=WEB)
    await connected_world.press(await connected_world.reply("Choose Project…", channel=WEB), "Choose Project…")
    await connected_world.form("Set Project")


async def test_a_project_that_the_person_cannot_see_is_not_set(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say("/circle use gh/acme/secret", as_=EVE)
    await socket_world.reply(":warning:", as_=EVE)
    async with socket_world.app.core.store.begin_read() as tx:
        assert await tx.channels.find_project("T0SANDBOX", DEPLOYS) is None


async def test_a_project_of_the_github_app_is_called_by_its_name(connected_world: World) -> None:
    await connected_world.say("/circle use kiosk")
    await connected_world.message("made *Acme/kiosk* this channel's")


async def test_a_misspelt_project_offers_the_nearest(connected_world: World) -> None:
    await connected_world.say("/circle use acme/wbe")
    reply = await connected_world.reply("I see no project")
    await connected_world.press(reply, "Use acme/web")
    await connected_world.message("made `acme/web` this channel's default project")


def test_a_project_and_none_exclude_each_other() -> None:
    with pytest.raises(UsageError, match="only one of them"):
        parse_args(COMMAND, "gh/acme/web --none")


CONTINUED = {
    "status --branch main": "`main` of acme/web",
    "logs": "acme/web",
    "why": "acme/web",
    "env list": "Environment variables",
    "insights": "Workflows of `acme/web`",
}
"""Lines that name no project, and what their answer says."""


@pytest.mark.parametrize("line", CONTINUED)
async def test_what_asked_for_the_project_goes_on_where_it_was_asked(connected_world: World, line: str) -> None:
    """Also where we cannot post: what Slack lets us answer by is kept while the form is open."""
    await connected_world.say(f"/circle {line}", channel=PRIVATE)
    asked = await connected_world.reply("Which project?", channel=PRIVATE)
    await connected_world.press(asked, "Choose This Channel's Project…")
    await connected_world.submit(await connected_world.form("Set Project"), project="gh/acme/web")
    await connected_world.reply(CONTINUED[line], channel=PRIVATE)


async def test_a_form_that_was_asked_for_since_does_not_run_what_waited(connected_world: World) -> None:
    await connected_world.say("/circle env list", channel=WEB)
    asked = await connected_world.reply("Which project?", channel=WEB)
    await connected_world.press(asked, "Choose This Channel's Project…")
    await connected_world.close(await connected_world.form("Set Project"))
    await connected_world.say("/circle use --edit", channel=WEB)
    await connected_world.submit(await connected_world.form("Set Project"), project="gh/acme/web")
    set_up = await connected_world.reply("from now on, where they name none", channel=WEB)
    assert "Show Status" in get_text(set_up)


async def test_a_line_goes_on_that_is_said_after_a_project(connected_world: World) -> None:
    await connected_world.say("/circle use gh/acme/web --then 'env list'")
    await connected_world.reply("Environment variables")
