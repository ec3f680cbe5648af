from __future__ import annotations

from tests.plugins.world import ADA, World


async def test_disconnecting_deletes_the_token(each_connected_world: World) -> None:
    await each_connected_world.say("/circle disconnect")
    await each_connected_world.reply("I deleted your CircleCI token")
    async with each_connected_world.app.core.store.begin_read() as tx:
        assert await tx.accounts.find("T0SANDBOX", ADA) is None
    await each_connected_world.say("/circle status gh/acme/web")
    await each_connected_world.reply("Connect your CircleCI account first")


async def test_who_was_not_connected_is_told_so(socket_world: World) -> None:
    await socket_world.say("/circle disconnect")
    await socket_world.reply("You were not connected")
