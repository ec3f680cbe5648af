from __future__ import annotations

from dataclasses import replace

from bot.commands.unremind import COMMAND, UnremindArgs
from bot.store.reminders import Reminder
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.policies import only, write_policy
from tests.plugins.world import ADA, DEPLOYS, GENERAL, GRACE, Json, World


async def test_a_press_stops_the_reminders_of_these_holds_and_of_no_others(each_connected_world: World) -> None:
    """Everybody is told who it was, and what waits can be approved as before."""
    number, pipeline_id = await _released(each_connected_world)
    await each_connected_world.connect(GRACE)
    card = await _reminded(each_connected_world, number, pipeline_id)
    reminder = await _reminder(each_connected_world, card)
    _, later_id = await _pushed(each_connected_world)
    await each_connected_world.press(reminder, "Stop Reminding", as_=GRACE)
    await each_connected_world.thread(
        card, "<@U0GRACE> stopped the reminders of `approve-staging` and `approve-production`."
    )

    async def calm() -> str | None:
        shown = get_text(await _reminder(each_connected_world, card))
        return shown if "Stop Reminding" not in shown else None

    shown = await each_connected_world.wait_until(calm, "the reminder to lose its button")
    assert "Approve staging" in shown
    assert "Approve production" in shown
    assert await _standing(each_connected_world, pipeline_id) == []
    assert len(await _standing(each_connected_world, later_id)) == 2


async def test_typed_it_is_about_all_holds_of_a_pipeline_or_those_that_are_named(connected_world: World) -> None:
    number, pipeline_id = await _released(connected_world)
    await connected_world.say("/circle unremind")
    choice = await connected_world.reply("Of which pipeline do you want to stop the reminders?")
    assert f"acme/web #{number}" in get_text(choice)
    await connected_world.say(f"/circle unremind gh/acme/web {number} approve-nothing")
    await connected_world.reply("There will be reminders of `approve-staging` and `approve-production`.")
    await connected_world.say(f"/circle unremind gh/acme/web {number} Approve-Production")
    await connected_world.reply("This channel is no longer reminded of `approve-production`")
    assert len(await _standing(connected_world, pipeline_id)) == 1
    await connected_world.press(choice, f"acme/web #{number}")
    await connected_world.message("This channel is no longer reminded of `approve-staging`")
    await connected_world.say("/circle unremind")
    await connected_world.reply("No reminders are to come here")
    await connected_world.say(f"/circle unremind gh/acme/web {number}")
    await connected_world.reply(f"No reminder of a hold of #{number} comes here (any more)")


async def test_another_channel_is_reminded_as_before(connected_world: World) -> None:
    number, pipeline_id = await _released(connected_world)
    await connected_world.say(f"/circle unremind gh/acme/web {number}", channel=GENERAL)
    await connected_world.reply("No reminder of a hold of", channel=GENERAL)
    assert len(await _standing(connected_world, pipeline_id)) == 2


async def test_a_policy_for_subscribing_holds_for_stopping_reminders(connected_world: World) -> None:
    number, pipeline_id = await _released(connected_world)
    await connected_world.connect(GRACE)
    await write_policy(connected_world.app.core.store, only("subscribe", ADA, channel=DEPLOYS))
    await connected_world.say(f"/circle unremind gh/acme/web {number}", as_=GRACE)
    await connected_world.reply("policy does not let you use", as_=GRACE)
    assert len(await _standing(connected_world, pipeline_id)) == 2


def test_words_are_read_later() -> None:
    assert parse_args(COMMAND, "gh/acme/web 341 approve-staging") == UnremindArgs(
        ("gh/acme/web", "341", "approve-staging")
    )


async def _released(world: World) -> tuple[int, str]:
    """The number and id of a pipeline of whose two holds the channel is to be reminded, a day from now."""
    await world.say("/circle subscribe gh/acme/web --remind 1d")
    await world.reply("You own rule")
    return await _pushed(world)


async def _pushed(world: World) -> tuple[int, str]:
    pushed = await world.control("push", project="gh/acme/web", branch="release")
    found = next(one for one in await world.list_pipelines() if one["number"] == pushed["number"])

    async def promised() -> bool | None:
        return len(await _standing(world, found["id"])) == 2 or None

    await world.wait_until(promised, "two holds to be promised")
    return found["number"], found["id"]


async def _standing(world: World, pipeline_id: str) -> list[Reminder]:
    async with world.app.core.store.begin_read() as tx:
        return await tx.reminders.list_for_pipeline(pipeline_id)


async def _reminded(world: World, number: int, pipeline_id: str) -> Json:
    """The pipeline's card, after a first reminder that was due at once."""
    now = world.app.core.clock.now()
    async with world.app.core.store.begin() as tx:
        for one in await tx.reminders.list_for_pipeline(pipeline_id):
            await tx.reminders.insert(replace(one, due_at=now))
        await tx.pipelines.make_due(pipeline_id, now)
    return await world.card(number=number)


async def _reminder(world: World, card: Json) -> Json:
    return await world.thread(card, "still waits for approval after")
