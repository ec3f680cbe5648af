from __future__ import annotations

import pytest

from bot.commands.use import COMMAND
from bot.errors import UsageError
from tests.plugins.command_lines import parse_args
from tests.plugins.world import DEPLOYS, EVE, WEB, World


async def test_a_channel_gets_its_project_and_commands_need_not_name_it(each_connected_world: World) -> None:
    await each_connected_world.say("/circle use github/acme/web")
    await each_connected_world.reply("`acme/web` is now this channel's default project")
    await each_connected_world.say("/circle status")
    await each_connected_world.reply("acme/web")
    await each_connected_world.say("/circle status", channel=WEB)
    await each_connected_world.reply("Which project?", channel=WEB)


async def test_use_alone_shows_the_project_and_none_forgets_it(connected_world: World) -> None:
    await connected_world.say("/circle use")
    await connected_world.reply("has no default project")
    await connected_world.say("/circle use web")
    await connected_world.reply("`acme/web` is now this channel's default project")
    await connected_world.say("/circle use")
    await connected_world.reply("`acme/web` is this channel's default project")
    await connected_world.say("/circle use --none")
    await connected_world.reply("has no default project now")
    async with connected_world.app.core.store.begin_read() as tx:
        assert await tx.channels.find_project("T0SANDBOX", DEPLOYS) is None


@pytest.mark.parametrize(("line", "label"), [("use", "Choose Project…"), ("status", "Choose This Channel's Project…")])
async def test_where_no_project_is_set_the_form_is_offered(connected_world: World, line: str, label: str) -> None:
    await connected_world.say(f"/circle {line}", channel=WEB)
    await connected_world.press(await connected_world.reply(label, channel=WEB), label)
    await connected_world.form("Set Project")


async def test_a_project_that_the_person_cannot_see_is_not_set(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say("/circle use gh/acme/secret", as_=EVE)
    await socket_world.reply(":warning:", as_=EVE)
    async with socket_world.app.core.store.begin_read() as tx:
        assert await tx.channels.find_project("T0SANDBOX", DEPLOYS) is None


async def test_a_project_of_the_github_app_is_called_by_its_name(connected_world: World) -> None:
    await connected_world.say("/circle use kiosk")
    await connected_world.reply("Acme/kiosk")


async def test_a_misspelt_project_offers_the_nearest(connected_world: World) -> None:
    await connected_world.say("/circle use acme/wbe")
    reply = await connected_world.reply("I see no project")
    await connected_world.press(reply, "Use acme/web")
    await connected_world.message("`acme/web` is now this channel's default project")


def test_a_project_and_none_exclude_each_other() -> None:
    with pytest.raises(UsageError, match="only one of them"):
        parse_args(COMMAND, "gh/acme/web --none")
