from __future__ import annotations

from tests.plugins.block_reader import get_text
from tests.plugins.world import DEPLOYS, World


async def test_values_are_a_table_that_can_be_shared_as_a_file(world: World) -> None:
    await world.connect()
    await world.say("/circle trigger gh/acme/web --branch main image-tag=4.8.2 replicas=3")
    await world.reply("Started")
    await world.say("/circle values gh/acme/web")
    reply = await world.reply("pipeline.git.branch")
    lines = [line.strip("`").split() for line in get_text(reply).splitlines()]
    assert ["pipeline.git.branch", "main"] in lines
    assert ["pipeline.parameters.image-tag", "4.8.2"] in lines
    assert ["pipeline.parameters.replicas", "3"] in lines
    await world.press(reply, "Share it here as a file")
    file = await world.file("values of #", channel=DEPLOYS)
    assert ["pipeline.parameters.image-tag", "4.8.2"] in [
        line.split() for line in file["content"].decode().splitlines()
    ]


async def test_many_values_come_as_a_file(socket_world: World) -> None:
    await socket_world.connect()
    config = "version: 2.1\nparameters:\n" + "".join(
        f"  parameter-number-{number}: {{type: string, default: {'x' * 60}}}\n" for number in range(60)
    )
    await socket_world.control("push", project="gh/acme/web", branch="main", config=config)
    await socket_world.say("/circle values gh/acme/web")
    await socket_world.reply("I sent it to you in a direct message")
    file = await socket_world.file("values of #", channel="D0ADA")
    assert file["content"].count(b"pipeline.parameters.parameter-number-") == 60


async def test_what_looks_like_a_secret_is_masked(socket_world: World) -> None:
    await socket_world.connect()
    token = "ghp_" + "a1" * 18
    config = f"version: 2.1\nparameters:\n  deploy-token: {{type: string, default: {token}}}\n"
    await socket_world.control("push", project="gh/acme/web", branch="main", config=config)
    await socket_world.say("/circle values gh/acme/web")
    shown = get_text(await socket_world.reply("deploy-token"))
    assert token not in shown
    assert "****" in shown


async def test_a_word_too_many_is_refused(socket_world: World) -> None:
    await socket_world.connect()
    await socket_world.say("/circle values gh/acme/web 28 more")
    await socket_world.reply("I do not know what `more` is for")
