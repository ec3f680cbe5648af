from __future__ import annotations

from tests.plugins.block_reader import get_text
from tests.plugins.world import DEPLOYS, World


async def test_values_are_a_table_that_can_be_shared_as_a_file(each_connected_world: World) -> None:
    await each_connected_world.say("/circle trigger gh/acme/web --branch main image-tag=4.8.2 replicas=3")
    await each_connected_world.card("triggered it")
    await each_connected_world.say("/circle values gh/acme/web")
    reply = await each_connected_world.reply("pipeline.git.branch")
    lines = [line.strip("`").split() for line in get_text(reply).splitlines()]
    assert ["pipeline.git.branch", "main"] in lines
    assert ["pipeline.parameters.image-tag", "4.8.2"] in lines
    assert ["pipeline.parameters.replicas", "3"] in lines
    await each_connected_world.press(reply, "Share It Here as a File")
    file = await each_connected_world.file("values of #", channel=DEPLOYS)
    assert ["pipeline.parameters.image-tag", "4.8.2"] in [
        line.split() for line in file["content"].decode().splitlines()
    ]


async def test_many_values_come_as_a_file(connected_world: World) -> None:
    config = "version: 2.1\nparameters:\n" + "".join(
        f"  parameter-number-{number}: {{type: string, default: {'x' * 60}}}\n" for number in range(60)
    )
    await connected_world.control("push", project="gh/acme/web", branch="main", config=config)
    await connected_world.say("/circle values gh/acme/web")
    await connected_world.reply("I sent it to you in a direct message")
    file = await connected_world.file("values of #", channel="D0ADA")
    assert file["content"].count(b"pipeline.parameters.parameter-number-") == 60


async def test_what_looks_like_a_secret_is_masked(connected_world: World) -> None:
    token = "ghp_" + "a1" * 18
    config = f"version: 2.1\nparameters:\n  deploy-token: {{type: string, default: {token}}}\n"
    await connected_world.control("push", project="gh/acme/web", branch="main", config=config)
    await connected_world.say("/circle values gh/acme/web")
    shown = get_text(await connected_world.reply("deploy-token"))
    assert token not in shown
    assert "****" in shown


async def test_a_word_too_many_is_refused(connected_world: World) -> None:
    await connected_world.say("/circle values gh/acme/web 28 more")
    await connected_world.reply("I do not know what `more` is for")
