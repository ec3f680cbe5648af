from __future__ import annotations

import pytest

from bot.commands.undo import COMMAND, UndoArgs
from bot.errors import UsageError
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import DEPLOYS, GRACE, World

TEAM = "T0SANDBOX"


async def test_undo_alone_takes_back_what_the_person_did_last_here(each_connected_world: World) -> None:
    world = each_connected_world
    for line in ("use gh/acme/api", "use gh/acme/web"):
        await world.say(f"/circle {line}")
        await world.reply("is now this channel's default project")
    for project in ("gh/acme/api", None):
        await world.say("/circle undo")
        await world.reply("Undone: all is as it was before.")
        async with world.app.core.store.begin_read() as tx:
            found = await tx.channels.find_project(TEAM, DEPLOYS)
        assert (str(found) if found else None) == project
    await world.say("/circle undo")
    await world.reply("Nobody changed anything in this channel in the last ten minutes")


async def test_what_others_did_is_offered_and_not_taken_back_unasked(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    await world.say("/circle subscribe gh/acme/web")
    await world.message("<@U0ADA> subscribed this channel")
    await world.say("/circle undo", as_=GRACE)
    asked = await world.reply("None of the last changes here is yours", as_=GRACE)
    assert "<@U0ADA> subscribed this channel" in get_text(asked)
    await world.press(asked, "Undo Change 1", as_=GRACE)
    await world.message("_<@U0GRACE> undid it._")


async def test_in_a_direct_message_the_answer_has_the_button(connected_world: World) -> None:
    world = connected_world
    for line, answer in (
        ("subscribe gh/acme/web", "gets messages about"),
        ("mute 2h", "Muted this conversation"),
        ("quiet 22-8", "Quiet hours here from now on"),
        ("use gh/acme/web", "default project"),
        ("unsubscribe 2", "Removed rule 2"),
    ):
        await world.say(f"/circle {line}", channel="D0ADA")
        await world.press(await world.reply(answer, channel="D0ADA"), "Undo")
        await world.message("Undone: all is as it was before", channel="D0ADA")
        if line.startswith("subscribe"):
            await world.say(f"/circle {line}", channel="D0ADA")
            await world.reply("gets messages about", channel="D0ADA")


async def test_a_login_that_was_removed_comes_back_as_it_was(connected_world: World) -> None:
    await connected_world.say("/circle me --forget ada")
    await connected_world.press(await connected_world.reply("is no longer one of your logins"), "Undo")
    await connected_world.message("Undone")
    async with connected_world.app.core.store.begin_read() as tx:
        [login] = await tx.logins.list_for_user(TEAM, "U0ADA")
    assert (login.login, login.verified) == ("ada", True)


def test_a_change_is_named_by_its_number() -> None:
    assert parse_args(COMMAND, "#3") == UndoArgs(3)
    assert parse_args(COMMAND, "") == UndoArgs()
    for line in ("it", "1 2"):
        with pytest.raises(UsageError, match="not the number of a change"):
            parse_args(COMMAND, line)
