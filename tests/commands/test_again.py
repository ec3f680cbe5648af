from __future__ import annotations

from tests.plugins.block_reader import find_field
from tests.plugins.policies import only, write_policy
from tests.plugins.world import GRACE, Json, World

RAN = "--branch slow image-tag=4.8.2 replicas=3"


async def _trigger(world: World, said: str = RAN) -> Json:
    await world.say(f"/circle trigger gh/acme/web {said}")
    return await world.card("#")


async def _list_triggers(world: World) -> list[Json]:
    return [call["body"] for call in await world.list_requests("/pipeline") if call["method"] == "POST"]


async def test_in_its_thread_a_pipeline_is_triggered_again_with_what_is_said_over_its_parameters(
    each_connected_world: World,
) -> None:
    world, card = each_connected_world, await _trigger(each_connected_world)
    await world.say("<@U0CIRCLEBOT> again environment=production replicas=4", thread_ts=card["ts"])
    await world.wait_until(lambda: _second(world), "a second pipeline")
    (_, again) = await _list_triggers(world)
    assert again == {
        "branch": "slow",
        "parameters": {"image-tag": "4.8.2", "environment": "production", "replicas": 4},
    }


async def _second(world: World) -> bool | None:
    return len(await _list_triggers(world)) == 2 or None


async def test_said_alone_it_is_the_same_once_more_and_once_only(connected_world: World) -> None:
    world, card = connected_world, await _trigger(connected_world)
    await world.say("<@U0CIRCLEBOT> again", thread_ts=card["ts"])
    started = await world.reply("Started")
    assert started["thread_ts"] == card["ts"]
    first, again = await _list_triggers(world)
    assert first == again == {"branch": "slow", "parameters": {"image-tag": "4.8.2", "replicas": 3}}


async def test_the_shortcut_opens_the_form_as_the_pipeline_ran(connected_world: World) -> None:
    world, card = connected_world, await _trigger(connected_world)
    await world.choose_shortcut(card, "Trigger again…")
    form = await world.form("Branch")
    assert find_field(form, "image-tag")[1]["initial_value"] == "4.8.2"
    assert find_field(form, "replicas")[1]["initial_value"] == "3"
    assert len(await _list_triggers(world)) == 1
    await world.submit(form, replicas="5")
    await world.wait_until(lambda: _second(world), "a second pipeline")
    (_, again) = await _list_triggers(world)
    assert again == {"branch": "slow", "parameters": {"image-tag": "4.8.2", "replicas": 5}}


async def test_of_a_tag_it_is_asked_whether_since_the_form_knows_branches_alone(connected_world: World) -> None:
    world, card = connected_world, await _trigger(connected_world, "--tag v4.8.2 image-tag=4.8.2")
    await world.choose_shortcut(card, "Trigger again…")
    dialog = await world.form("runs again on")
    assert dialog["submit"]["text"] == "Trigger Again"
    await world.submit(dialog)
    await world.wait_until(lambda: _second(world), "a second pipeline")
    first, again = await _list_triggers(world)
    assert first == again == {"tag": "v4.8.2", "parameters": {"image-tag": "4.8.2"}}


async def test_a_message_cannot_open_the_form_and_so_brings_its_button(connected_world: World) -> None:
    world, card = connected_world, await _trigger(connected_world)
    await world.say("<@U0CIRCLEBOT> again --form replicas=7", thread_ts=card["ts"])
    offer = await world.reply("runs again on")
    await world.press(offer, "Trigger Again…")
    form = await world.form("Branch")
    assert find_field(form, "replicas")[1]["initial_value"] == "7"


async def test_who_may_not_trigger_may_not_trigger_again(connected_world: World) -> None:
    world, card = connected_world, await _trigger(connected_world)
    await write_policy(world.app.core.store, only("trigger", GRACE))
    await world.say("<@U0CIRCLEBOT> again", thread_ts=card["ts"])
    await world.reply("policy does not let you use `trigger`")
    assert len(await _list_triggers(world)) == 1
