from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.plugins.block_reader import get_text
from tests.plugins.slack_users import SlackUsers
from tests.plugins.stepped_world import run_stepped_world
from tests.plugins.world import ADA, EVE, GRACE, Json, World


async def _fail(world: World) -> Json:
    await world.say("/circle trigger gh/acme/web --branch broken")
    return await world.card("*failed*")


async def test_anybody_may_say_that_they_look_into_a_failure_and_a_second_press_releases_them(
    connected_world: World,
) -> None:
    card = await _fail(connected_world)
    await connected_world.press(card, "I'm Looking", as_=GRACE)
    looking = await connected_world.card(f":eyes: <@{GRACE}> is looking")
    await connected_world.thread(card, f"<@{GRACE}> is looking. cc <@{ADA}>")
    await connected_world.press(looking, "Join or Stop Looking", as_=EVE)
    both = await connected_world.card(f"<@{GRACE}>, <@{EVE}> are looking")
    await connected_world.say("/circle looking gh/acme/web")
    stop = await connected_world.reply("You are looking into")
    await connected_world.card("> are looking")
    await connected_world.press(stop, "Stop Looking")
    await connected_world.message("You are no longer looking into")
    await connected_world.say("@circlebot looking --stop", thread_ts=both["ts"], as_=EVE)
    await connected_world.card(f":eyes: <@{GRACE}> is looking")


async def test_who_looks_is_shown_until_the_branch_passes_and_also_on_the_next_failure(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch flaky")
    card = await connected_world.card("*failed*")
    await connected_world.say("/circle looking gh/acme/web")
    await connected_world.reply("You are looking into")
    shown = await connected_world.card(f":eyes: <@{ADA}> is looking")
    await connected_world.say("/circle pipeline gh/acme/web")
    assert f":eyes: <@{ADA}> is looking" in get_text(await connected_world.reply("Show Card Here"))
    await connected_world.press(shown, "Rerun from Failed")
    passed = await connected_world.card("*success*")
    assert "looking" not in get_text(passed["blocks"])
    await connected_world.say("/circle looking gh/acme/web --stop")
    await connected_world.reply("Nothing failed in")
    assert passed["ts"] == card["ts"]


async def test_a_double_click_looks_once_and_what_no_card_shows_is_said(connected_world: World) -> None:
    card = await _fail(connected_world)
    await connected_world.press(card, "I'm Looking")
    await connected_world.press(card, "I'm Looking")
    await connected_world.card(f":eyes: <@{ADA}> is looking")
    await connected_world.say("/circle looking gh/acme/web 1")
    await connected_world.reply("No card shows pipeline #1.")
    await connected_world.thread(card, "is looking.")
    told = [one for one in await connected_world.list_messages() if "is looking." in one.get("text", "")]
    assert len(told) == 1


def _build_pipeline_check(world: SlackUsers) -> Callable[[], Awaitable[bool | None]]:
    async def look() -> bool | None:
        return bool(await world.list_pipelines()) or None

    return look


async def test_whoever_says_so_again_is_released_but_not_by_a_double_click(tmp_path: Path) -> None:
    fails = {"workflows": [{"name": "build", "jobs": [{"name": "test", "outcomes": ["failed"]}]}]}
    async with run_stepped_world(tmp_path, {"projects": [{"name": "shop", "branches": {"main": fails}}]}) as world:
        await world.connect()
        await world.say("/circle trigger gh/acme/shop --branch main")
        await world.wait_until(_build_pipeline_check(world), "the pipeline")
        await world.run_until_idle()
        for later_s, answer in ((60, "You are looking"), (1, "You are looking"), (60, "You are no longer looking")):
            await world.advance(later_s)
            await world.say("/circle looking gh/acme/shop")
            await world.reply(answer)
        await world.advance(1)
        assert "is looking" not in get_text((await world.card("*failed*"))["blocks"])
