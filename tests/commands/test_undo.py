from __future__ import annotations

import pytest

from bot.commands.undo import COMMAND, UndoArgs
from bot.errors import UsageError
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import DEPLOYS, GRACE, WEB, World

TEAM = "T0SANDBOX"


async def test_undo_alone_takes_back_what_the_person_did_last_here(each_connected_world: World) -> None:
    world = each_connected_world
    for line in ("use gh/acme/api", "use gh/acme/web"):
        await world.say(f"/circle {line}")
        await world.reply("from now on, where they name none")
    for project, told in (
        ("gh/acme/api", "Undone. `acme/api` is the default project again."),
        (None, "Undone. There is no default project, as before."),
    ):
        await world.say("/circle undo")
        await world.reply(told)
        async with world.app.core.store.begin_read() as tx:
            found = await tx.channels.find_project(TEAM, DEPLOYS)
        assert (str(found) if found else None) == project
    await world.say("/circle undo")
    told = await world.reply("Nothing is left to undo here. The last change was: :pushpin: <@U0ADA> made `acme/web`")
    assert "_<@U0ADA> undid it._" in get_text(told)
    await world.say("/circle undo", channel=WEB)
    await world.reply("Nobody changed anything in this channel in the last ten minutes", channel=WEB)


RULE = "`acme/web`, every branch: failures"


async def test_the_answer_names_what_stands_again(connected_world: World) -> None:
    world, made = connected_world, 0

    async def has_changed() -> bool | None:
        async with world.app.core.store.begin_read() as tx:
            return (
                len(await tx.undoable_changes.list_recent(TEAM, [DEPLOYS], world.app.core.clock.now())) == made or None
            )

    for line, told in (
        ("subscribe gh/acme/web", f"Rule 1 is gone again: {RULE}"),
        ("subscribe gh/acme/web", None),
        ("subscribe --rule 2 --only failed", f"Rule 2 is as it was: {RULE}"),
        ("mute 2h gh/acme/web", "No longer muted: `acme/web`."),
        ("mute 2h gh/acme/web", None),
        ("unmute gh/acme/web", ":mute: <@U0ADA> muted `acme/web` until"),
        ("unsubscribe 2", f"Rule 2 posts again: {RULE}"),
        ("quiet 22-8", "There are no quiet hours, as before."),
        ("quiet 22-8", None),
        ("quiet --none", "Quiet hours are 22:00 to 08:00 (`Europe/Berlin`) again."),
        ("preset save one gh/acme/web --branch main", "Preset *one* is gone again: `acme/web` on `main`."),
        ("preset save one gh/acme/web --branch main", None),
        ("preset rm one", "Preset *one* is as it was: `acme/web` on `main`."),
    ):
        await world.say(f"/circle {line}")
        made += 1
        await world.wait_until(has_changed, f"{line} to be done")
        if told:
            await world.say("/circle undo")
            await world.reply(f"Undone. {told}")


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
        await world.message("Undone. ", channel="D0ADA")
        if line.startswith("subscribe"):
            await world.say(f"/circle {line}", channel="D0ADA")
            await world.reply("gets messages about", channel="D0ADA")


async def test_a_login_that_was_removed_comes_back_as_it_was(connected_world: World) -> None:
    await connected_world.say("/circle me --forget ada")
    await connected_world.press(await connected_world.reply("is no longer one of your logins"), "Undo")
    await connected_world.message("Undone. `ada` is one of your logins again.")
    async with connected_world.app.core.store.begin_read() as tx:
        [login] = await tx.logins.list_for_user(TEAM, "U0ADA")
    assert (login.login, login.verified) == ("ada", True)


def test_a_change_is_named_by_its_number() -> None:
    assert parse_args(COMMAND, "#3") == UndoArgs(3)
    assert parse_args(COMMAND, "") == UndoArgs()
    for line in ("it", "1 2"):
        with pytest.raises(UsageError, match="not the number of a change"):
            parse_args(COMMAND, line)
