from __future__ import annotations

import pytest

from bot.commands.unsubscribe import COMMAND, UnsubscribeArgs
from bot.errors import UsageError
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import DEPLOYS, GRACE, WEB, World


async def test_anybody_in_the_channel_may_remove_a_rule_and_hears_whose_it_was(world: World) -> None:
    await _subscribe(world, "gh/acme/web")
    await world.connect(GRACE)
    await world.say("/circle unsubscribe web", as_=GRACE)
    await world.message("<@U0GRACE> removed rule 1 (owned by Ada)", as_=GRACE)
    assert await _ids(world) == []


async def test_of_several_rules_for_a_project_one_is_chosen(socket_world: World) -> None:
    await _subscribe(socket_world, "web")
    await _subscribe(socket_world, "web --branch main", connect=False)
    first, second = await _ids(socket_world)
    await socket_world.say("/circle unsubscribe web")
    await socket_world.press(await socket_world.reply("Which rule?"), f"Remove Rule {first}")
    await socket_world.message("Removed rule")
    assert await _ids(socket_world) == [second]


async def test_alone_it_asks_and_removes_nothing(socket_world: World) -> None:
    await _subscribe(socket_world, "web")
    await socket_world.say("/circle unsubscribe")
    await socket_world.reply("Which rule?")
    assert len(await _ids(socket_world)) == 1


async def test_rules_of_another_channel_stay_out_of_reach(socket_world: World) -> None:
    await _subscribe(socket_world, "web")
    (rule,) = await _ids(socket_world)
    await socket_world.connect(GRACE)
    await socket_world.say(f"/circle unsubscribe {rule}", channel=WEB, as_=GRACE)
    await socket_world.reply("This channel has no rule", channel=WEB, as_=GRACE)
    assert await _ids(socket_world) == [rule]


async def test_a_removed_rule_can_be_had_again_by_its_button(socket_world: World) -> None:
    await _subscribe(socket_world, "web --branch release/* --only failed")
    await socket_world.say("/circle unsubscribe web")
    await socket_world.press(await socket_world.message("<@U0ADA> removed rule"), "Undo")
    await socket_world.message("Undone. Rule 1 posts again: `acme/web`, branches like `release/*`: failures.")
    assert len(await _ids(socket_world)) == 1


async def test_a_project_never_means_a_rule_of_another_channel_but_its_number_does(socket_world: World) -> None:
    await _subscribe(socket_world, "web")
    (rule,) = await _ids(socket_world)
    await socket_world.say("/circle unsubscribe web", channel=WEB)
    asked = get_text(await socket_world.reply("This channel has no rule for `web`", channel=WEB))
    assert f"*Rule {rule}* · in <#{DEPLOYS}>: `acme/web`" in asked
    assert await _ids(socket_world) == [rule]
    await socket_world.press(await socket_world.reply("This channel has no rule", channel=WEB), f"Remove Rule {rule}")
    removed = await socket_world.message(f"Removed rule {rule} of <#{DEPLOYS}>", channel=WEB)
    assert await _ids(socket_world) == []
    await socket_world.press(removed, "Undo")
    await socket_world.message(f"Undone in <#{DEPLOYS}>. Rule {rule} posts again", channel=WEB)
    assert await _ids(socket_world) == [rule]


async def test_the_list_names_the_channel_of_each_rule_that_is_not_of_this_one(socket_world: World) -> None:
    await _subscribe(socket_world, "web")
    await socket_world.say("/circle unsubscribe", channel=WEB)
    assert f"in <#{DEPLOYS}>: `acme/web`" in get_text(await socket_world.reply("Which rule?", channel=WEB))


def test_a_number_is_a_rule_and_a_word_a_project() -> None:
    assert parse_args(COMMAND, "#3") == UnsubscribeArgs(number=3)
    assert parse_args(COMMAND, "gh/acme/web") == UnsubscribeArgs(project="gh/acme/web")
    with pytest.raises(UsageError):
        parse_args(COMMAND, "1 2")


async def _subscribe(world: World, what: str, *, connect: bool = True) -> None:
    if connect:
        await world.connect()
    await world.say(f"/circle subscribe {what}")
    await world.reply("You own rule")


async def _ids(world: World) -> list[int]:
    async with world.app.core.store.begin_read() as tx:
        return [rule.id for rule in await tx.subscriptions.list_for_channel("T0SANDBOX", DEPLOYS)]
