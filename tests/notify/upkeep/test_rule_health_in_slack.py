"""A rule loses its owner: what people see of it in Slack, and what they do."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.app import builders
from bot.conversation import Place
from bot.slack.deactivated_users import DeactivatedUsers
from tests.plugins.block_reader import get_text
from tests.plugins.world import DEPLOYS, EVE, GENERAL, GRACE, World


class _Clock:
    """Ten minutes ago, until it is moved."""

    def __init__(self, world: World) -> None:
        self.moment = world.app.core.clock.now() - timedelta(seconds=601)

    def now(self) -> datetime:
        return self.moment


async def _looked_after(world: World) -> None:
    """Rules are looked at now and ten minutes later."""
    clock = _Clock(world)
    core = replace(world.app.core, clock=clock)
    rule_health = builders.build_rule_health(
        core, builders.build_tokens(core), DeactivatedUsers(core.clients, clock=clock)
    )
    await rule_health.tick()
    clock.moment += timedelta(seconds=600)
    await rule_health.tick()
    world.app.core.wake_all()


async def test_a_rule_whose_owner_left_is_taken_over_by_a_button_in_its_channel(world: World) -> None:
    await world.connect(GRACE)
    await world.connect(EVE)
    await world.say("/circle subscribe gh/acme/web", as_=GRACE)
    await world.reply("You own rule", as_=GRACE)
    await world.control("leave", user=GRACE)
    await _looked_after(world)
    told = await world.message("<@U0GRACE>, who made it, has left this workspace")
    await world.press(told, "Take Over", as_=EVE)
    await world.message("<@U0EVE> took over rule 1 from <@U0GRACE>")
    mended = await world.message("What was wrong with rule 1 of this channel is solved")
    assert mended["ts"] == told["ts"], "the complaint itself says so"
    assert "Take Over" not in get_text(mended)


async def test_whoever_disconnects_hears_which_rules_that_concerns_and_comes_back(socket_world: World) -> None:
    await socket_world.connect(GRACE)
    await socket_world.say("/circle subscribe gh/acme/web", as_=GRACE)
    await socket_world.reply("You own rule", as_=GRACE)
    await socket_world.say("/circle disconnect", as_=GRACE)
    await socket_world.reply("Disconnected", as_=GRACE)
    await _looked_after(socket_world)
    await socket_world.message("*it posts nothing* until somebody who sees")
    written = await socket_world.message("You are no longer connected", channel="D0GRACE", as_=GRACE)
    assert "*Rule 1*" in get_text(written)
    await socket_world.connect(GRACE)
    await _looked_after(socket_world)
    await socket_world.message("Rule 1: <@U0GRACE> answers for it")


async def test_a_rule_follows_its_project_to_its_new_name(connected_world: World) -> None:
    await connected_world.say("/circle subscribe gh/acme/web --only failed")
    await connected_world.reply("You own rule")
    await connected_world.wait_until(lambda: _known(connected_world), "the project to be known by its id")
    await connected_world.control("rename", project="gh/acme/web", name="site")
    await connected_world.wait_until(lambda: _unreadable(connected_world), "the old name to lead nowhere")
    await _looked_after(connected_world)
    told = await connected_world.message("`acme/web` is called `acme/site` now")
    await connected_world.press(told, "Follow the New Name")
    await connected_world.message("changed rule 1: `acme/site`")
    pushed = await connected_world.control("push", project="gh/acme/site", branch="broken")
    await connected_world.card("gh/acme/site", number=pushed["number"])


async def test_a_board_follows_its_project_to_its_new_name_and_is_put_back_with_the_rule(
    connected_world: World,
) -> None:
    world = connected_world
    await world.say("/circle subscribe gh/acme/web --only failed")
    await world.reply("You own rule")
    for channel in (DEPLOYS, GENERAL):
        await world.say("/circle deploys gh/acme/web --pin", channel=channel)
        await world.message("pinned what runs where in `acme/web`", channel=channel)
    await world.wait_until(lambda: _known(world), "the project to be known by its id")
    await world.control("rename", project="gh/acme/web", name="site")
    await world.wait_until(lambda: _unreadable(world), "the old name to lead nowhere")
    await _looked_after(world)
    await world.press(await world.message("`acme/web` is called `acme/site` now"), "Follow the New Name")
    changed = await world.message("changed rule 1: `acme/site`")
    assert await _list_boards(world) == {"gh/acme/site"}
    pushed = await world.control("push", project="gh/acme/site", branch="ship")
    await world.control("advance", seconds=60)
    for channel in (DEPLOYS, GENERAL):
        await world.message(f"*staging* runs `1.0.{pushed['number']}`", channel=channel)
    await world.press(changed, "Undo")
    await world.reply("Rule 1")
    async with world.app.core.store.begin_read() as tx:
        board = await tx.boards.find(Place("T0SANDBOX", DEPLOYS))
    assert board
    assert str(board.project) == "gh/acme/web"


async def test_a_board_stays_where_a_rule_is_about_another_project_now(connected_world: World) -> None:
    world = connected_world
    await world.say("/circle subscribe gh/acme/web --only failed")
    await world.reply("You own rule")
    await world.say("/circle deploys gh/acme/web --pin")
    await world.message("pinned what runs where in `acme/web`")
    await world.say("/circle subscribe gh/acme/api --rule 1")
    await world.message("changed rule 1: `acme/api`")
    assert await _list_boards(world, DEPLOYS) == {"gh/acme/web"}


async def _list_boards(world: World, *channels: str) -> set[str]:
    async with world.app.core.store.begin_read() as tx:
        found = [await tx.boards.find(Place("T0SANDBOX", channel)) for channel in channels or (DEPLOYS, GENERAL)]
    return {str(one.project) for one in found if one}


async def _known(world: World) -> bool | None:
    async with world.app.core.store.begin_read() as tx:
        return any(watch.project_id for watch in await tx.polled_projects.list_all()) or None


async def _unreadable(world: World) -> bool | None:
    async with world.app.core.store.begin_read() as tx:
        return any(watch.error for watch in await tx.polled_projects.list_all()) or None
