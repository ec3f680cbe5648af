"""A project has several names: whichever a policy or a freeze says, it is about that project, or it is not written."""

from __future__ import annotations

from tests.plugins.block_reader import get_text
from tests.plugins.voting import TEAM, require
from tests.plugins.world import World

TRIGGER = "/circle trigger handbook --branch main --definition build"
FROZEN, NO_PROJECT, NO_ORG = "is frozen until", "I see no project", "I see no organisation"


async def test_a_line_and_a_freeze_hold_by_every_name(connected_world: World) -> None:
    world = connected_world
    for project in ("acme/handbook", "gh/Acme"):
        await require(world, {"deny": "everybody", "do": "start", "project": project})
        await world.say(TRIGGER)
        await world.reply("Your workspace's policy does not let you use `trigger` for this")
    await require(world)
    for number, project in enumerate(("acme/handbook", "gh/acme"), 1):
        await world.say(f"/circle freeze {project} until 2h")
        await world.reply(FROZEN)
        await world.say(TRIGGER)
        await world.reply(FROZEN)
        await world.say(f"/circle freeze end {number}")
        await world.reply("thawed")
    assert await world.list_requests("/pipeline/run") == []


async def test_what_nobody_sees_is_not_written(connected_world: World) -> None:
    world = connected_world
    for name, said in (("gh/acme/wbe", NO_PROJECT), ("gh/acne", NO_ORG), ("gh/acne/w*", NO_ORG)):
        await world.say(f"/circle freeze {name} until 2h")
        assert "in full" not in get_text(await world.reply(said))
        await world.say(f"/circle policy deny everybody start {name}")
        await world.reply(said)
        await world.say(f"/circle project {name} --mark no-logs")
        await world.reply(said)
    await world.say("/circle policy deny guests start acme/handbook")
    await world.reply("guests")
    async with world.app.core.store.begin_read() as tx:
        (line,) = await tx.policy_versions.load_lines(TEAM)
        assert line.scope.project.startswith("circleci/"), "by its ids"
        assert await tx.freezes.list_standing(TEAM, world.app.core.clock.now()) == []
