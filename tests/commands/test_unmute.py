from __future__ import annotations

from bot.commands.unmute import COMMAND, UnmuteArgs
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import World


async def test_everything_that_is_muted_is_heard_again_or_one_thing_alone(each_connected_world: World) -> None:
    await each_connected_world.say("/circle subscribe gh/acme/web")
    await each_connected_world.reply("You own rule")
    for what in ("mute 2h web", "mute 1h 1", "mute 3h"):
        await each_connected_world.say(f"/circle {what}")
        await each_connected_world.reply("Pipelines that people trigger still report")
    await each_connected_world.say("/circle unmute web")
    await each_connected_world.message("unmuted `acme/web`")
    await each_connected_world.say("/circle unmute web")
    await each_connected_world.press(
        await each_connected_world.reply("That has no mute of its own"), "Unmute Everything Here"
    )
    await each_connected_world.message("Unmuted rule 1 and this channel")
    await each_connected_world.say("/circle unmute")
    await each_connected_world.reply("Nothing is muted here")


async def test_what_is_muted_is_heard_again_though_its_rule_is_gone(connected_world: World) -> None:
    await connected_world.say("/circle subscribe gh/acme/web")
    await connected_world.reply("You own rule")
    for what, told in (
        ("mute 2h gh/acme/web", "muted `acme/web`"),
        ("mute 2h 1", "muted rule 1"),
        ("unsubscribe 1", "removed rule 1"),
        ("subscriptions", "This channel gets no messages"),
    ):
        await connected_world.say(f"/circle {what}")
        await connected_world.message(told)
    await connected_world.say("/circle unmute gh/acme/web")
    await connected_world.message("unmuted `acme/web`")
    await connected_world.say("/circle unmute")
    await connected_world.reply("Nothing is muted here")


async def test_in_a_direct_message_nothing_is_said_aloud(connected_world: World) -> None:
    await connected_world.say("/circle subscribe gh/acme/web", channel="D0ADA")
    await connected_world.reply("gets messages about", channel="D0ADA")
    await connected_world.say("/circle mute 2h", channel="D0ADA")
    await connected_world.reply("Muted this conversation", channel="D0ADA")
    await connected_world.say("/circle unmute", channel="D0ADA")
    await connected_world.reply("Unmuted this conversation", channel="D0ADA")
    assert not [one for one in await connected_world.list_messages("D0ADA") if "<@U0ADA> muted" in get_text(one)]


def test_one_thing_is_named_or_none() -> None:
    assert parse_args(COMMAND, "") == UnmuteArgs()
    assert parse_args(COMMAND, "#3") == UnmuteArgs("#3")
