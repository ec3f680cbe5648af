"""What an admin reads in Slack, and what others do."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.arrivals import Listener
from tests.plugins.block_reader import get_text
from tests.plugins.world import DEPLOYS, GRACE, World

OLD = datetime(2026, 1, 5, tzinfo=UTC)


async def test_an_admin_reads_what_is_wrong_and_nobody_else_does(world: World) -> None:
    await world.say("/circle doctor")
    well = get_text(await world.reply("I find nothing wrong with me"))
    assert "Nothing found: database, keys, " in well
    assert "CircleCI" in well
    await world.say("/circle doctor", as_=GRACE)
    refused = get_text(await world.reply("Only a circlebot admin may do that", as_=GRACE))
    assert "Ask <@U0ADA>." in refused


async def test_what_breaks_is_a_line_with_its_command(socket_world: World) -> None:
    world = socket_world
    await world.control("faults", target="slack", match="auth.test", error="account_inactive", count=1)
    await world.say("/circle doctor")
    told = get_text(await world.reply("1 thing is wrong"))
    assert ":x: *Slack refuses SLACK_BOT_TOKEN (`account_inactive`).*" in told
    assert "`SLACK_BOT_TOKEN=xoxb-…`." in told
    await world.say("/circle doctor")
    await world.reply("I find nothing wrong with me")


async def test_it_shows_no_secret_and_stands_in_no_channel(socket_world: World) -> None:
    world = socket_world
    async with world.app.core.store.begin() as tx:
        await tx.listeners.upsert(Listener("other", OLD, connections=2))
    await world.say("<@U0CIRCLEBOT> doctor")
    shown = get_text(await world.reply("I find nothing wrong with me"))
    assert "xoxb" not in shown
    assert not [
        one for one in await world.list_messages(DEPLOYS) if "nothing wrong" in str(one) and not one.get("ephemeral")
    ]
    assert "Share It Here" not in shown
