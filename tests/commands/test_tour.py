from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.blocks import first_steps_blocks
from bot.blocks.first_steps_blocks import FirstSteps
from bot.domain.people import Account, AccountState
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.slack_users import ADA, EVE, GUS, TOKENS
from tests.plugins.world import World

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
LOVELACE = Account("T1", "U1", "id-of-ada", "ada", "Ada Lovelace", AccountState.ACTIVE, NOW, "CCIPAT_secret")
FAR = FirstSteps(LOVELACE, has_project=True, newest="p1", failed="p1", has_watched=True)


def test_each_step_says_what_it_is_and_has_the_button_that_does_it(golden: Check, valid_blocks: Check) -> None:
    for name, steps in {
        "stranger": FirstSteps(None),
        "expired": FirstSteps(replace(LOVELACE, state=AccountState.EXPIRED)),
        "connected": FirstSteps(LOVELACE),
        "far": FAR,
        "end": replace(FAR, has_acted=True, has_rule=True),
    }.items():
        blocks = list(first_steps_blocks.render_tour(steps).blocks)
        valid_blocks(blocks)
        golden(f"tour_{name}", blocks)


def test_at_most_one_step_is_due() -> None:
    for steps in (FirstSteps(None), FirstSteps(LOVELACE), FAR):
        blocks = first_steps_blocks.render_tour(steps).blocks
        primary = [one for one in blocks if one.get("accessory", {}).get("style") == "primary"]
        assert len(primary) == 1


async def test_the_tour_goes_from_start_to_end_and_ticks_what_was_done(world: World) -> None:
    await world.say("/circle tour")
    tour = await world.reply("Tour: 0 of 6 steps done")
    await world.press(tour, "Connect CircleCI")
    await world.submit(await world.form("Personal API token"), token=TOKENS[ADA])
    await world.message("Tour: 1 of 6 steps done")
    assert "I continue" not in get_text(await world.answer("Connected as"))
    await world.say("/circle use gh/acme/web")
    await world.message("this channel's default project")
    await world.say("/circle trigger --branch broken")
    await world.card("*failed*")
    await world.wait_until(lambda: _tour_says(world, "4 of 6"), "the pipeline to be over")
    await world.press(await world.reply("4 of 6"), "Show Why It Failed")
    await world.say("/circle rerun --failed")
    await world.press(await world.reply("*Rerun from Failed*"), "Rerun from Failed")
    await world.wait_until(lambda: _tour_says(world, "5 of 6"), "the rerun to count")
    await world.say("/circle subscribe gh/acme/web")
    await world.message("subscribed this channel")
    await world.wait_until(lambda: _tour_says(world, "6 of 6"), "the end of the tour")
    assert "That was the tour." in get_text(await world.reply("6 of 6"))


async def _tour_says(world: World, count: str) -> bool | None:
    await world.say("/circle tour")
    return count in get_text(await world.reply("Tour:")) or None


async def test_a_guest_hears_what_they_can_do_and_nobody_sees_anothers_tour(connected_world: World) -> None:
    await connected_world.say("/circle tour", as_=GUS, channel="C0WEB")
    told = await connected_world.reply("you are a guest", as_=GUS, channel="C0WEB")
    assert "You can read all that I post in your channels" in get_text(told)
    await connected_world.say("/circle tour", as_=EVE)
    assert "1 of 6" not in get_text(await connected_world.reply("Tour: 0 of 6", as_=EVE))
    assert not [one for one in await connected_world.list_messages(as_=EVE) if "1 of 6" in get_text(one)]
