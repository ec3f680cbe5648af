from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.actions.mute_wish import MuteWish
from bot.blocks import announcement_blocks, mute_blocks
from bot.commands.mute import COMMAND
from bot.domain import ProjectScope
from bot.errors import UsageError
from bot.rules.mute_until import EndTime
from bot.rules.muting import Mute
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.each_case import each_case
from tests.plugins.factories import NOW
from tests.plugins.world import DEPLOYS, GRACE, WEB, World

TWO_HOURS = EndTime(span=timedelta(hours=2))


async def test_a_muted_channel_hears_nothing_and_is_told_what_it_missed(each_connected_world: World) -> None:
    await each_connected_world.say("/circle subscribe gh/acme/web --only failed,on-hold")
    await each_connected_world.reply("You own rule")
    await each_connected_world.say("/circle mute 2h")
    assert "<@U0ADA>" not in get_text(await each_connected_world.reply("Pipelines that people trigger still report"))
    said_aloud = await each_connected_world.message("<@U0ADA> muted this channel until")
    pushed = [
        await each_connected_world.control("push", project="gh/acme/web", branch=name) for name in ("broken", "release")
    ]

    async def kept() -> bool | None:
        async with each_connected_world.app.core.store.begin_read() as tx:
            return await tx.digest_queue.count_waiting("T0SANDBOX", DEPLOYS) == 3 or None

    await each_connected_world.wait_until(kept, "a failure and two holds to be kept")
    *_, newest = [get_text(one) for one in await each_connected_world.list_messages() if not one.get("ephemeral")]
    assert newest == get_text(said_aloud)
    await each_connected_world.say(f"/circle why gh/acme/web {pushed[0]['number']} --posted")
    await each_connected_world.reply("Not posted at once: <@U0ADA> muted it until")
    await each_connected_world.connect(GRACE)
    await each_connected_world.press(said_aloud, "Undo", as_=GRACE)
    await each_connected_world.message("_<@U0GRACE> undid it._")
    told = get_text(await each_connected_world.message("What happened while it was muted"))
    assert "1 failed and 2 on hold" in told


async def test_the_menu_asks_for_how_long_and_the_list_shows_what_is_muted(connected_world: World) -> None:
    await connected_world.say("/circle subscribe gh/acme/web")
    await connected_world.press(await connected_world.reply("You own rule"), "Mute…")
    asked = await connected_world.message("How long do you want to mute rule 1?")
    assert "Or type `/circle mute 45m`" in get_text(asked)
    await connected_world.press(asked, "Mute for 1 Hour")
    await connected_world.press(await connected_world.message("Pipelines that people trigger"), "Show All Rules")
    reply = await connected_world.message("1 rule of this channel")
    assert "<@U0ADA> muted rule 1 until" in get_text(reply)
    assert "muted by <@U0ADA> until" in get_text(reply)
    await connected_world.pick(reply, "Unmute")
    await connected_world.message("unmuted rule 1")


async def test_a_project_is_muted_by_its_name_and_another_is_heard(connected_world: World) -> None:
    await connected_world.say("/circle subscribe gh/acme --only failed")
    await connected_world.reply("You own rule")
    await connected_world.say("/circle mute until tomorrow web")
    await connected_world.message("<@U0ADA> muted `acme/web` until")
    await connected_world.control("push", project="gh/acme/web", branch="broken")
    pushed = await connected_world.control("push", project="gh/acme/api", branch="broken")
    await connected_world.card("failed", number=pushed["number"])
    assert await _muted(connected_world) == [(ProjectScope.parse("gh/acme/web"), None)]


async def test_in_the_thread_of_a_card_its_project_is_muted(connected_world: World) -> None:
    await connected_world.say("/circle subscribe gh/acme --only failed")
    await connected_world.reply("You own rule")
    pushed = await connected_world.control("push", project="gh/acme/web", branch="broken")
    card = await connected_world.card("failed", number=pushed["number"])
    await connected_world.say("<@U0CIRCLEBOT> mute", thread_ts=card["ts"])
    asked = await connected_world.reply("How long do you want to mute `acme/web`?")
    await connected_world.press(asked, "Mute for 2 Hours")
    await connected_world.message("<@U0ADA> muted `acme/web` until")
    assert await _muted(connected_world) == [(ProjectScope.parse("gh/acme/web"), None)]


async def test_a_rule_of_mine_elsewhere_is_muted_from_my_settings(connected_world: World) -> None:
    await connected_world.say("/circle subscribe gh/acme/web", channel=WEB)
    await connected_world.reply("You own rule", channel=WEB)
    await connected_world.say("/circle me --edit")
    await connected_world.pick(await connected_world.form("My rules"), "Mute…")
    await connected_world.press(await connected_world.form("How long"), "Mute Until Tomorrow")
    await connected_world.message("<@U0ADA> muted rule 1 until", channel=WEB)
    await connected_world.say("/circle me --edit")
    await connected_world.pick(await connected_world.form("muted by <@U0ADA>"), "Unmute")
    await connected_world.message("<@U0ADA> unmuted rule 1", channel=WEB)


async def test_what_is_not_heard_here_cannot_be_muted(connected_world: World) -> None:
    await connected_world.say("/circle subscribe gh/acme/web")
    await connected_world.reply("You own rule")
    for said, told in (
        ("mute 2h gh/acme/api", "No rule of this channel is about `acme/api`"),
        ("mute 2h kiosk", "No rule of this channel is about `kiosk`"),
        ("mute 2h 99", "This channel has no rule 99"),
        ("mute 2h one two", "One rule or project at a time"),
        ("mute until never", "is not a time of day"),
        ("mute 31d", "30 days at most"),
    ):
        await connected_world.say(f"/circle {said}")
        await connected_world.reply(told)
    assert await _muted(connected_world) == []


async def _muted(world: World) -> list[tuple[ProjectScope | None, int | None]]:
    async with world.app.core.store.begin_read() as tx:
        mutes = await tx.mutes.list_for_channels("T0SANDBOX", [DEPLOYS], world.app.core.clock.now())
    return [(one.scope, one.rule_id) for one in mutes]


@each_case(
    ("said", "args"),
    [
        ("", MuteWish()),
        ("3", MuteWish(about="3")),
        ("web", MuteWish(about="web")),
        ("2h", MuteWish(TWO_HOURS, None, ("2h",))),
        ("for 2h #3", MuteWish(TWO_HOURS, "#3", ("for", "2h"))),
        ("until", MuteWish()),
        ("bis", MuteWish()),
        ("web until", MuteWish(about="web")),
        ("web for 2h", MuteWish(TWO_HOURS, "web", ("for", "2h"))),
        ("until tomorrow gh/acme/web", MuteWish(EndTime(day="tomorrow"), "gh/acme/web", ("until", "tomorrow"))),
    ],
)
def test_what_is_meant_and_a_time_are_said_in_any_order_or_asked_for(said: str, args: MuteWish) -> None:
    assert parse_args(COMMAND, said) == args


def test_times_that_are_none_are_refused() -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, "later web")


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({}, "this channel"),
        ({"scope": ProjectScope.parse("gh/acme")}, "`gh/acme/*`"),
        ({"rule_id": 7}, "rule 7"),
    ],
)
def test_what_is_muted_is_said_aloud_with_the_button_that_undoes_it(
    about: dict[str, Any], said: str, valid_blocks: Check
) -> None:
    mute = Mute("T", "C", NOW, "U1", NOW, **about)
    message = announcement_blocks.render_line(mute_blocks.format_mute(mute), announcement_blocks.build_undo_button(7))
    valid_blocks([*message.blocks, *mute_blocks.build_list([mute] * 12)])
    assert (
        message.text
        == f":mute: <@U1> muted {said} until <!date^1793714400^{{date_short_pretty}} {{time}}|2026-11-03 14:00 UTC>."
    )


async def test_times_are_said_in_ones_own_language(connected_world: World) -> None:
    await connected_world.say("/circle mute für 2 Stunden")
    await connected_world.message("muted this channel until")
    await connected_world.say("/circle quiet von 22 bis 8 Uhr")
    await connected_world.message("22:00 to 08:00")
