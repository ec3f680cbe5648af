from __future__ import annotations

import json

import pytest

from bot.commands.takeover import COMMAND
from bot.domain import ProjectScope
from bot.errors import UsageError
from bot.rules.rule import Rule
from bot.rules.rule_problem import RuleProblem
from bot.rules.subscription import Subscription
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.policies import only, write_policy
from tests.plugins.world import ADA, DEPLOYS, EVE, GENERAL, GRACE, World

TEAM = "T0SANDBOX"


async def test_whoever_sees_the_project_takes_a_rule_over_and_the_channel_hears_of_it(world: World) -> None:
    await world.connect(EVE)
    rule = await _made(world)
    await _troubled(world, rule)
    await world.say("/circle subscriptions", as_=EVE)
    listed = await world.reply("is not connected with CircleCI", as_=EVE)
    await world.pick(listed, "Take Over", as_=EVE)
    told = get_text(await world.message("<@U0EVE> took over rule 1 from <@U0GRACE>"))
    assert "`acme/web`" in told
    async with world.app.core.store.begin_read() as tx:
        assert [one.made_by for one in await tx.subscriptions.list_after(0, 1000)] == [EVE]
        assert await tx.rule_problems.list_for_rules([rule.id]) == {}
    await world.say("/circle subscriptions", as_=EVE)
    await world.reply("owned by you", as_=EVE)
    await world.say("/circle takeover 1", as_=EVE)
    await world.reply("Rule 1 is yours already", as_=EVE)


async def test_a_rule_whose_owner_is_well_is_taken_over_by_who_is_told_what_it_means(connected_world: World) -> None:
    for who in (GRACE, EVE):
        await connected_world.connect(who)
    await connected_world.say("/circle subscribe gh/acme/web", as_=GRACE)
    await connected_world.reply("You own rule", as_=GRACE)
    await connected_world.say("/circle subscriptions", as_=EVE)
    await connected_world.pick(await connected_world.reply("1 rule of this channel", as_=EVE), "Take Over…", as_=EVE)
    form = await connected_world.form("I tell <@U0GRACE>, whose rule it is now", as_=EVE)
    await connected_world.submit(form, as_=EVE)
    await connected_world.message("<@U0EVE> took over rule 1 from <@U0GRACE>")
    await connected_world.message("<@U0EVE> took over your rule 1", channel="D0GRACE", as_=GRACE)


@pytest.mark.parametrize("scope", ["gh/acme/api", "gh/acme/web"])
async def test_taking_over_is_offered_only_to_who_could(socket_world: World, scope: str) -> None:
    await socket_world.connect(EVE)
    await _made(socket_world, scope)
    forbidden = [only("takeover", ADA, channel=DEPLOYS)] if scope == "gh/acme/web" else []
    await write_policy(socket_world.app.core.store, *forbidden)
    await socket_world.say("/circle subscriptions", as_=EVE)
    shown = await socket_world.reply("1 rule of this channel", as_=EVE)
    assert "Take Over" not in json.dumps(shown["blocks"])


async def test_who_may_not_see_the_project_may_not_take_its_rule_over(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await _made(socket_world, "gh/acme/api")
    await socket_world.say("/circle takeover 1", as_=EVE)
    await socket_world.reply("CircleCI does not know `acme/api`, or hides it from you", as_=EVE)
    await socket_world.say("/circle takeover 1", as_=ADA)
    await socket_world.reply("Connect your CircleCI account first")


async def test_a_policy_for_subscribing_holds_for_taking_over(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await _made(socket_world)
    await write_policy(socket_world.app.core.store, only("subscribe", ADA, channel=DEPLOYS))
    await socket_world.say("/circle takeover 1", as_=EVE)
    await socket_world.reply("policy does not let you use", as_=EVE)


async def test_a_rule_of_another_channel_is_none_of_this_ones(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await _made(socket_world)
    await socket_world.say("/circle takeover 1", as_=EVE, channel=GENERAL)
    await socket_world.reply("This channel has no rule 1", as_=EVE, channel=GENERAL)


async def test_a_rule_for_several_projects_covers_what_its_new_owner_sees(socket_world: World) -> None:
    await socket_world.connect(EVE)
    rule = await _made(socket_world, "gh/acme")
    await socket_world.say("/circle takeover 1", as_=EVE)
    await socket_world.message("<@U0EVE> took over rule 1", as_=EVE)
    async with socket_world.app.core.store.begin_read() as tx:
        assert [str(project) for project in await tx.coverage.list_projects(rule.id)] == ["gh/acme/web"]


@pytest.mark.parametrize("line", ["web", "1 2", "#"])
def test_a_rule_is_named_by_its_number(line: str) -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, line)


async def _made(world: World, scope: str = "gh/acme/web") -> Subscription:
    """Grace's rule, who is no longer connected."""
    rule = Subscription(0, TEAM, DEPLOYS, ProjectScope.parse(scope), Rule(), GRACE, world.app.core.clock.now())
    async with world.app.core.store.begin() as tx:
        return await tx.subscriptions.insert(rule)


async def _troubled(world: World, rule: Subscription) -> None:
    async with world.app.core.store.begin() as tx:
        await tx.rule_problems.upsert(RuleProblem(rule.id, "owner", "disconnected", "", world.app.core.clock.now()))


async def test_without_a_number_each_rule_of_the_channel_can_be_taken_over(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await _troubled(socket_world, await _made(socket_world))
    await socket_world.say("/circle takeover", as_=EVE)
    await socket_world.pick(await socket_world.reply("1 rule of this channel", as_=EVE), "Take Over", as_=EVE)
    await socket_world.message("Rule 1 is yours now", as_=EVE)
