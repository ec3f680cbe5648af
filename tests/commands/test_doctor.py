"""What an admin reads in Slack, and what others do."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.arrivals import Listener
from tests.plugins.block_reader import get_text
from tests.plugins.world import ADA, DEPLOYS, GRACE, PRIVATE, World

OLD = datetime(2026, 1, 5, tzinfo=UTC)


async def test_an_admin_reads_what_is_wrong_and_nobody_else_does(world: World) -> None:
    await world.say("/circle doctor")
    well = get_text(await world.reply("I find nothing wrong with me"))
    assert "Nothing wrong with database, keys, " in well
    assert "CircleCI's API v3: not asked" in well
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


async def test_only_what_takes_long_has_a_line_before_its_answer(socket_world: World) -> None:
    world = socket_world
    await world.say("/circle doctor")
    await world.reply("I find nothing wrong with me")
    assert not [one for one in await world.list_messages(DEPLOYS) if "does not answer" in str(one)]
    await world.control("faults", target="slack", match="auth.test", delay_s=3.0, count=1)
    await world.say("/circle doctor")
    await world.reply("Something does not answer at once: I give it half a minute")
    await world.reply("I find nothing wrong with me")


async def test_a_channel_that_the_bot_was_sent_away_from_is_told_until_it_is_back(connected_world: World) -> None:
    world = connected_world
    bring = {"as": ADA, "channel": PRIVATE}
    await world.http.post("/_page/channel", json={**bring, "do": "invite_bot"})
    await world.say("/circle subscribe gh/acme/web --branch *", channel=PRIVATE)
    await world.message("subscribed", channel=PRIVATE)
    await world.http.post("/_page/channel", json={**bring, "do": "kick_bot"})
    await world.control("push", project="gh/acme/web", branch="broken")
    await world.message("I could not post in", channel="D0ADA")
    await world.say("/circle doctor")
    told = get_text(await world.reply("Slack takes nothing of mine for"))
    assert f"<#{PRIVATE}>" in told
    assert "Type `/invite @circlebot` there." in told
    await world.http.post("/_page/channel", json={**bring, "do": "invite_bot"})
    await world.say("/circle doctor")
    await world.reply("I find nothing wrong with me")
