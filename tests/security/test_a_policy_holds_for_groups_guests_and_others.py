"""A policy holds for the people of a user group, for guests, and for people of other companies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.rules.policy_line import Effect, PolicyLine, PolicyScope
from tests.plugins.policies import only, write_policy
from tests.plugins.slack_users import ADA, GRACE, GUS
from tests.plugins.world import WEB, World, run_world

RELEASE = "S0RELEASE"


async def test_who_is_in_the_group_may_and_who_is_not_is_told_whom_to_ask(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    await write_policy(world.app.core.store, only("start", RELEASE))
    await world.say("/circle trigger gh/acme/web --branch main", channel=WEB)
    refused = await world.reply("Only for <!subteam^S0RELEASE>: `start`", channel=WEB)
    assert "Ask <!subteam^S0RELEASE>." in str(refused)
    await world.say("/circle trigger gh/acme/web --branch main", as_=GRACE, channel=WEB)
    await world.card("main", channel=WEB)
    assert len([one for one in await world.list_requests("/pipeline") if one["method"] == "POST"]) == 1


async def test_who_is_taken_out_of_the_group_may_no_longer(connected_world: World) -> None:
    """Slack says so by an event: nobody waits for the five minutes in which it is not asked again."""
    world = connected_world
    await world.connect(GRACE)
    await write_policy(world.app.core.store, only("start", RELEASE))
    await world.say("/circle policy explain rerun gh/acme/web", as_=GRACE, channel=WEB)
    await world.reply("*Yes:*", as_=GRACE, channel=WEB)
    await world.control("slack/group", group=RELEASE, users=[ADA])

    async def look() -> bool | None:
        found = {one.id: one for one in await world.app.core.groups.load_groups("T0SANDBOX", {RELEASE})}
        return found[RELEASE].members == {ADA} or None

    await world.wait_until(look, "the group to be known")
    await world.say("/circle trigger gh/acme/web --branch main", as_=GRACE, channel=WEB)
    await world.reply("does not let you use `trigger`", as_=GRACE, channel=WEB)


async def test_a_group_that_somebody_disabled_gives_nobody_a_right(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    await world.control("usergroup", group=RELEASE, disabled=True)
    await write_policy(world.app.core.store, only("start", RELEASE))
    await world.say("/circle trigger gh/acme/web --branch main", as_=GRACE, channel=WEB)
    await world.reply("does not let you use `trigger`", as_=GRACE, channel=WEB)


@pytest.fixture
async def open_world(tmp_path: Path) -> AsyncIterator[World]:
    async with run_world(tmp_path, socket_mode=True, allow_guests=True) as world:
        yield world


async def test_guests_may_look_where_a_policy_keeps_them_from_acting(open_world: World) -> None:
    await open_world.connect()
    guests = PolicyLine(Effect.DENY, ("guests",), PolicyScope(act="start"))
    await write_policy(open_world.app.core.store, guests)
    await open_world.say("/circle trigger gh/acme/web --branch main", as_=GUS, channel="D0GUS")
    await open_world.reply("Not for guests: `start`", as_=GUS, channel="D0GUS")
    await open_world.say("/circle status gh/acme/web", as_=GUS, channel="D0GUS")
    await open_world.reply("Connect your CircleCI account first", as_=GUS, channel="D0GUS")
    await open_world.say("/circle trigger gh/acme/web --branch main", as_=ADA, channel=WEB)
    await open_world.card("main", channel=WEB)
