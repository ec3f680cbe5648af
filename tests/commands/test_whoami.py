from __future__ import annotations

from tests.plugins.block_reader import get_text
from tests.plugins.world import ADA, World


async def test_a_connected_person_sees_who_they_are_and_where(each_connected_world: World) -> None:
    await each_connected_world.say("/circle use gh/acme/web")
    await each_connected_world.reply("now about")
    await each_connected_world.say("/circle whoami")
    shown = get_text(await each_connected_world.reply("You are *Ada (ada)* at CircleCI"))
    assert "acme" in shown
    assert "gh/acme/web" in shown
    assert "CCIPAT" not in shown


async def test_a_stranger_is_offered_to_connect(socket_world: World) -> None:
    await socket_world.say("/circle whoami")
    reply = await socket_world.reply("You are not connected")
    await socket_world.press(reply, "Connect CircleCI")
    await socket_world.form("Personal API token")


async def test_a_token_revoked_meanwhile_is_noticed_and_marked(connected_world: World) -> None:
    await connected_world.control("faults", target="circleci", match="me/collaborations", status=401)
    await connected_world.say("/circle whoami")
    await connected_world.reply("no longer accepts your token")
    async with connected_world.app.core.store.begin_read() as tx:
        assert (await tx.accounts.find("T0SANDBOX", ADA)).state == "expired"
    await connected_world.say("/circle whoami")
    await connected_world.reply("a new one replaces it")


async def test_the_channels_project_has_its_readable_name(connected_world: World) -> None:
    await connected_world.say("/circle use kiosk")
    await connected_world.reply("now about *Acme/kiosk*")
    await connected_world.say("/circle use")
    await connected_world.reply("This channel is about *Acme/kiosk*")
    await connected_world.say("/circle whoami")
    await connected_world.reply("*Project of this channel*\n*Acme/kiosk*")
