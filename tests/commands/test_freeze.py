from __future__ import annotations

from datetime import timedelta

import pytest

from bot.commands.freeze import COMMAND
from bot.errors import UsageError
from bot.notify.upkeep.freeze_turns import FreezeTurns
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.each_case import each_case
from tests.plugins.world import ADA, DEPLOYS, EVE, GRACE, World

TEAM = "T0SANDBOX"


async def _freeze(world: World, line: str) -> str:
    await world.say(f"/circle freeze {line}")
    return get_text(await world.reply("frozen"))


async def test_a_frozen_project_starts_and_approves_nothing_but_for_whom_is_named(connected_world: World) -> None:
    await connected_world.connect(GRACE)
    await connected_world.say("/circle subscribe gh/acme/web --only failed")
    await connected_world.reply("You own rule")
    said = await _freeze(connected_world, 'gh/acme/web "Black Friday" until monday 9:00 --except <@U0GRACE>')
    assert "`acme/web` is frozen until" in said
    assert "(*Black Friday*), by <@U0ADA>" in said
    await connected_world.message(":snowflake: `acme/web` is frozen until")
    before = len(await connected_world.list_pipelines())
    for line in ("trigger gh/acme/web --branch main", "again gh/acme/web"):
        await connected_world.say(f"/circle {line}")
        refused = get_text(await connected_world.reply("is frozen until"))
        assert "Ask <@U0GRACE>" in refused
    assert len(await connected_world.list_pipelines()) == before
    await connected_world.say("/circle policy explain trigger gh/acme/web --branch main")
    assert "is frozen until" in get_text(await connected_world.reply("*No:* <@U0ADA> may not use `trigger`."))
    await connected_world.say("/circle trigger gh/acme/web --branch main", as_=GRACE)
    await connected_world.card("`main`", as_=GRACE)


async def test_an_approval_waits_for_the_thaw_and_the_card_says_so(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    card = await connected_world.card("waits for")
    await _freeze(connected_world, "gh/acme until 2h")
    card = await connected_world.card(":snowflake: `gh/acme/*` is frozen until")
    await connected_world.press(card, "Approve staging")
    refused = await connected_world.reply("is frozen until")
    assert "Ask " not in get_text(refused), "its only admin is told to ask an admin"
    await connected_world.press(refused, "Thaw")

    async def thawed() -> bool | None:
        return "frozen" not in get_text(await connected_world.card("`release`")) or None

    await connected_world.wait_until(thawed, "the card without the freeze")
    await connected_world.say("/circle cancel gh/acme/web release")


async def test_only_admins_freeze_and_everybody_sees_it(connected_world: World) -> None:
    await connected_world.connect(EVE)
    await connected_world.say("/circle freeze gh/acme/web until tomorrow", as_=EVE)
    await connected_world.reply("Only admins of circlebot freeze and thaw projects", as_=EVE)
    await connected_world.say("/circle freeze", as_=EVE)
    assert "Thaw" not in get_text(await connected_world.reply("Nothing is frozen", as_=EVE))
    await _freeze(connected_world, "all until tomorrow")
    await connected_world.say("/circle freeze", as_=EVE)
    assert "Every project is frozen" in get_text(await connected_world.reply("1 freeze", as_=EVE))
    await connected_world.say("/circle freeze end 1", as_=EVE)
    await connected_world.reply("Only admins of circlebot freeze and thaw projects", as_=EVE)
    await connected_world.say("/circle freeze end 7")
    await connected_world.reply("There is no freeze 7")


async def test_the_form_says_what_is_wrong_where_it_is(connected_world: World) -> None:
    await connected_world.say("/circle freeze add gh/acme/web")
    form = await connected_world.form("Until")
    answer = await connected_world.submit(form, until="some day")
    assert "is not a time" in str(answer)
    await connected_world.submit(form, until="tomorrow 9:00", name="Release day")
    await connected_world.done("Release day")


async def test_it_begins_and_ends_by_itself_and_is_told_once(connected_world: World) -> None:
    core = connected_world.app.core
    await connected_world.say("/circle subscribe gh/acme/web --only failed")
    await connected_world.reply("You own rule")
    assert "will be frozen from" in await _freeze(connected_world, 'gh/acme "Night" until tomorrow --from 2h')

    turns = FreezeTurns(store=core.store, clock=core.clock, holder="test", wake=core.delivery_wakeup.wake)
    for hours in (0.5, 3, 3, 60, 60):
        await turns.run(core.clock.now() + timedelta(hours=hours))
    await connected_world.message(":snowflake: `gh/acme/*` is frozen until")
    await connected_world.message(":sunny: `gh/acme/*` is no longer frozen (*Night*)")
    told = [get_text(one) for one in await connected_world.list_messages(DEPLOYS, as_=ADA)]
    assert len([one for one in told if ":snowflake:" in one]) == 1


@each_case(
    ("line", "says"),
    [
        ("end", "Which freeze"),
        ("end three", "Which freeze"),
        ("gh/acme until some day", "is not a time"),
        ("gh/acme until 2026-02-30", "is not a date"),
        ("gh/acme until tomorrow 9:00 please", "I do not know"),
        ("gh/acme until tomorrow --except ada", "I do not know"),
        ("gh/acme " + "x" * 151 + " until tomorrow", "150 characters"),
    ],
)
def test_what_is_wrong_is_said(line: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_args(COMMAND, line)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("gh/acme until 2020-01-01", "A freeze begins now or later"),
        ("gh/acme until 2026-12-24 --from 2026-12-25", "A freeze begins now or later"),
        ("gh/acme until 2030-01-01", "A freeze ends within 120 days"),
    ],
)
async def test_a_freeze_of_another_time_is_refused(connected_world: World, line: str, says: str) -> None:
    await connected_world.say(f"/circle freeze {line}")
    await connected_world.reply(says)
