from __future__ import annotations

import pytest

from tests.plugins.block_reader import get_text
from tests.plugins.world import GRACE, Json, World

BOT = "<@U0CIRCLEBOT>"


def _list_labels(reply: Json) -> list[str]:
    rows = [block["elements"] for block in reply["blocks"] if block["type"] == "actions"]
    return [one["text"]["text"] for row in rows for one in row if one["type"] == "button"]


async def test_a_bare_mention_in_a_red_thread_offers_what_helps_and_answers_there(each_connected_world: World) -> None:
    world = each_connected_world
    await world.say("/circle trigger gh/acme/web --branch broken")
    card = await world.card("*failed*")
    await world.say(BOT, thread_ts=card["ts"])
    reply = await world.reply("Show Why It Failed")
    assert reply["thread_ts"] == card["ts"]
    assert _list_labels(reply)[:3] == ["Show Why It Failed", "Show Log", "Show Pipeline"]
    await world.press(reply, "Show Log")
    assert (await world.message("The log of"))["thread_ts"] == card["ts"]


async def test_a_bare_mention_offers_what_waits_and_what_runs(connected_world: World) -> None:
    world = connected_world
    for branch, state, label in (("release", "*on hold*", "Approve staging"), ("slow", "*running*", "Cancel Workflow")):
        await world.say(f"/circle trigger gh/acme/web --branch {branch}")
        card = await world.card(state)
        await world.say(BOT, thread_ts=card["ts"])
        await world.press(await world.reply(label), label)
        await world.message("You approved" if branch == "release" else "is canceling")
    assert [call for call in await world.list_requests("/approve/") if call["method"] == "POST"]
    assert [call for call in await world.list_requests("/cancel") if call["method"] == "POST"]


async def test_elsewhere_a_bare_mention_means_the_channel(connected_world: World) -> None:
    world = connected_world
    await world.say(BOT)
    assert _list_labels(await world.reply("has no default project")) == [
        "Choose Project…",
        "Show My Projects",
        "Show Help",
    ]
    await world.say("/circle use gh/acme/web")
    await world.reply("from now on, where they name none")
    await world.say(BOT)
    reply = await world.reply("acme/web #")
    assert _list_labels(reply)[-4:] == ["Show Status", "Trigger…", "Show Rules", "Show Help"]


async def test_who_is_not_connected_is_told_what_that_is_for(socket_world: World) -> None:
    await socket_world.say(BOT)
    assert _list_labels(await socket_world.reply("with your own rights")) == ["Connect CircleCI", "Show Help"]


@pytest.mark.parametrize("said", [f"{BOT} me", f"me {BOT}", f"  {BOT}  me  ", f"{BOT}: me", f"{BOT}\nme"])
async def test_we_may_be_named_anywhere_in_what_is_said(connected_world: World, said: str) -> None:
    await connected_world.say(said)
    assert "Ada" in get_text(await connected_world.reply("Ada"))


async def test_what_somebody_else_is_told_not_to_do_is_not_done(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    await world.say("/circle trigger gh/acme/web --branch broken")
    card = await world.card("*failed*")
    await world.say(f"please do not let {BOT} rerun", thread_ts=card["ts"], as_=GRACE)
    await world.reply(as_=GRACE)
    assert not [call for call in await world.list_requests("/rerun") if call["method"] == "POST"]
