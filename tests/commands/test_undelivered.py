"""What could not be said: an admin sees why, mends it, and it is said once."""

from __future__ import annotations

from datetime import timedelta

from bot.messages import Message, WaitReason
from tests.plugins.block_reader import get_buttons, get_text
from tests.plugins.world import ADA, DEPLOYS, GRACE, WEB, World


async def _change_channel(world: World, do: str, channel: str = WEB) -> None:
    await world.http.post("/_page/channel", json={"as": ADA, "channel": channel, "do": do})


async def _lose_a_failure(world: World) -> int:
    """A rule's channel is archived, then something fails: its number."""
    await world.say("/circle subscribe gh/acme/web --branch * --only failed", channel=WEB)
    await world.message("subscribed", channel=WEB)
    await _change_channel(world, "archive")
    pushed = await world.control("push", project="gh/acme/web", branch="broken")
    await world.message("I could not post in", channel="D0ADA")
    await _wait_until_refused(world)
    number: int = pushed["number"]
    return number


async def _wait_until_refused(world: World) -> None:
    async def look() -> bool | None:
        async with world.app.core.store.begin_read() as tx:
            waiting = await tx.undelivered.list_all(world.app.core.clock.now())
        return [one.why for one in waiting] == [WaitReason.REFUSED] * 2 or None

    await world.wait_until(look, "Slack to refuse both")


async def _list_told(world: World, number: int) -> list[str]:
    return [get_text(one) for one in await world.list_messages(WEB) if f"#{number}" in get_text(one)]


async def test_what_an_archived_channel_missed_is_retried_once_it_is_back(each_connected_world: World) -> None:
    world = each_connected_world
    number = await _lose_a_failure(world)
    await world.say("/circle undelivered")
    shown = await world.reply("could not be said")
    assert "*The channel is archived.* Unarchive it, then retry." in get_text(shown)
    assert f"<#{WEB}>: 2 messages since" in get_text(shown)
    await world.press(shown, "Retry")
    await world.message("2 messages go out as soon as possible")
    await _wait_until_refused(world)
    await world.say("/circle undelivered")
    shown = await world.reply("*The channel is archived.*")
    await _change_channel(world, "unarchive")
    await world.press(shown, "Retry")
    done = await world.message("2 messages go out as soon as possible")
    await world.card("failed", number=number, channel=WEB)
    await world.press(done, "Show What Is Left")
    await world.message("Everything was said, or comes by itself")
    assert len(await _list_told(world, number)) == 1


async def test_nobody_else_reads_or_mends_it(socket_world: World) -> None:
    world = socket_world
    await world.say("/circle undelivered", as_=GRACE)
    await world.reply("Only a circlebot admin may do that", as_=GRACE)
    await world.say("/circle undelivered retry notice:1", as_=GRACE)
    await world.reply("Only a circlebot admin may do that", as_=GRACE)


async def test_each_message_is_retried_or_dropped_by_itself(connected_world: World) -> None:
    world = connected_world
    await _lose_a_failure(world)
    await world.say("/circle undelivered")
    await world.press(await world.reply("could not be said"), "Show Each")
    each = await world.message("*2 messages.* The channel is archived.")
    assert {"Retry All", "Drop All…", "Show All Reasons"} <= set(get_buttons(each))
    assert "card of `acme/web`" in get_text(each)
    await world.pick(each, "Drop")
    asked = await world.form("1 message is never posted then")
    await world.submit(asked)
    await world.say("/circle undelivered")
    left = await world.reply("1 message could not be said")
    await world.press(left, "Show Each")
    await world.press(await world.message("*1 message.*"), "Drop All…")
    await world.message("1 message is never posted.")
    async with world.app.core.store.begin_read() as tx:
        rows = [one.record for one in await tx.audit.list_chain("T0SANDBOX") if one.record.act == "undelivered"]
    assert {one.what.partition(" ")[0] for one in rows} == {"drop"}
    await world.say("/circle undelivered retry notice:1 card:1")
    await world.reply("It does not wait any more, or is on its way right now.")


async def test_what_comes_by_itself_is_counted_and_has_no_button(socket_world: World) -> None:
    world = socket_world
    now = world.app.core.clock.now()
    async with world.app.core.store.begin() as tx:
        later = now + timedelta(days=1)
        await tx.outbox.insert("later", "T0SANDBOX", DEPLOYS, message=Message("Hello"), not_before=later, now=now)
        await tx.outbox.insert("theirs", "T0OTHER", DEPLOYS, message=Message("Hello"), not_before=later, now=now)
    await world.say("/circle undelivered")
    shown = await world.reply("Everything was said, or comes by itself")
    assert "1 more comes by itself: it is for later." in get_text(shown)
    assert get_buttons(shown) == ["Show Administration"]


async def test_a_line_that_names_nothing_is_told_what_does(socket_world: World) -> None:
    await socket_world.say("/circle undelivered drop everything")
    await socket_world.reply("`everything` names no message: they are called such as `notice:12`")
    await socket_world.say("/circle undelivered --why moon")
    await socket_world.reply("Nothing waits for that reason any more")
