"""A build that means to stop us is explained, listed and triggered, and says what was too much of it.

Its config is nested 40,000 deep or declares 70,000 parameters; its log begins a private key 20,000 times and tells the
values of 500 variables; twenty tests fail with 200,000 characters each; its coverage opens a tag 10,000 times.
"""

from __future__ import annotations

import asyncio

from sandbox.circleci.hostile_content import KNOWN_VALUES
from tests.plugins.block_reader import get_text
from tests.plugins.world import World


async def test_a_hostile_build_is_explained_listed_and_triggered(socket_world: World) -> None:
    world = socket_world
    await world.connect()
    await know_variables(world)
    await world.say("/circle subscribe gh/acme/web --branch hostile")
    number = (await world.control("push", project="gh/acme/web", branch="hostile"))["number"]
    card = await world.card("failed", number=number)
    explained = await world.thread(card, "test_0")
    assert "value-0" not in get_text(explained)

    await world.say(f"/circle logs gh/acme/web {number} test")
    assert "NAME_499=****" in get_text(await world.reply("Run tests"))
    await world.say(f"/circle artifacts gh/acme/web {number} test")
    await world.reply("1 artifact of test")
    await world.say(f"/circle artifacts gh/acme/web {number} report")
    await world.reply("1 artifact of report")
    await world.say(f"/circle tests gh/acme/web {number} test")
    assert "\x1b" not in get_text(await world.reply("test_0"))
    await world.say(f"/circle logs gh/acme/web {number} test --full")
    log = (await world.file("The log of test", channel="D0ADA"))["content"].decode()
    assert "NAME_499=****" in log
    assert "value-0499" not in log


async def test_what_a_hostile_config_declares_is_not_known_and_values_go_as_typed(socket_world: World) -> None:
    world = socket_world
    await world.connect()
    for branch in ("hostile", "hostile-wide"):
        await world.control("push", project="gh/acme/web", branch=branch)
        await world.say(f"/circle trigger gh/acme/web --branch {branch} image-tag=latest")
        await world.card("triggered it")


async def know_variables(world: World) -> None:
    """As many as the log tells values of."""
    token = {"Circle-Token": "CCIPAT_ada"}
    where = "/circleci/api/v2/project/gh/acme/web/envvar"
    bodies = [{"name": f"NAME_{number}", "value": f"value-{number:04}-of-mine"} for number in range(KNOWN_VALUES)]
    await asyncio.gather(*(world.http.post(where, json=body, headers=token) for body in bodies))
