"""A rule loses its owner: what people see of it in Slack, and what they do."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.app import builders
from bot.slack.deactivated_users import DeactivatedUsers
from tests.plugins.block_reader import get_text
from tests.plugins.world import EVE, GRACE, World


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


async def _known(world: World) -> bool | None:
    async with world.app.core.store.begin_read() as tx:
        return any(watch.project_id for watch in await tx.polled_projects.list_all()) or None


async def _unreadable(world: World) -> bool | None:
    async with world.app.core.store.begin_read() as tx:
        return any(watch.error for watch in await tx.polled_projects.list_all()) or None
