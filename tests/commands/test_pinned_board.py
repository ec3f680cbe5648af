from __future__ import annotations

from functools import partial

import pytest

from tests.actions.test_external_channels import is_known
from tests.commands.test_deploys import WEB, ship
from tests.commands.test_insights import DM
from tests.plugins.block_reader import get_text
from tests.plugins.world import ADA, DEPLOYS, EVE, GUS, World

TITLE = "What runs where"


async def hear(world: World) -> None:
    """#deploys hears of deploys."""
    await world.say(f"/circle subscribe {WEB} --only deployed,rolled-back")
    await world.message("subscribed this channel")


async def test_what_runs_where_is_pinned_and_follows_each_deploy(connected_world: World) -> None:
    world = connected_world
    await hear(world)
    await world.say("/circle deploys --pin")
    board = await world.message("I keep this up to date")
    await world.message("pinned what runs where in this channel's projects")
    number = await ship(world)
    changed = await world.message(f"*staging* runs `1.0.{number}`")
    assert changed["ts"] == board["ts"]
    assert changed["pinned_to"] == [DEPLOYS]
    assert "*acme/web*" in get_text(changed)


async def test_a_board_moves_to_what_is_pinned_next_and_is_undone(connected_world: World) -> None:
    world = connected_world
    await hear(world)
    await world.say("/circle subscribe acme/api")
    await world.message("subscribed this channel to `acme/api`")
    await world.say("/circle deploys acme/web --pin")
    board = await world.message(TITLE)
    await world.message("pinned what runs where in `acme/web`")
    await world.say("/circle deploys acme/web --pin")
    await world.reply("pinned here already")
    await world.say("/circle deploys acme/api --pin")
    await world.message("pinned what runs where in `acme/api`")
    await world.say("/circle undo")
    await world.reply("What runs where in `acme/web` is kept up to date again.")
    boards = [one for one in await world.list_messages() if one["text"] == TITLE]
    assert [one["ts"] for one in boards] == [board["ts"]]


async def test_who_unpins_it_can_undo_that(connected_world: World) -> None:
    world = connected_world
    await hear(world)
    await world.say("/circle deploys --pin")
    board = await world.message(TITLE)
    await world.say("/circle deploys --unpin")
    ended = await world.message("no longer kept up to date here")
    assert ended["ts"] == board["ts"]
    await world.press(await world.message("unpinned what runs where"), "Undo")
    again = await world.message(TITLE)
    assert again["ts"] == board["ts"]
    await world.wait_until(lambda: find_pinned(world, board["ts"]), "the board to be pinned", of="slack")


async def find_pinned(world: World, ts: str) -> bool | None:
    return any(one["ts"] == ts and one.get("pinned_to") for one in await world.list_messages()) or None


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("deploys --pin", "This channel hears of no project yet"),
        ("deploys acme/api --pin", "No rule is about `acme/api` yet"),
        ("deploys --unpin", "Nothing is pinned here by me"),
        ("deploys acme/web --unpin", "`--unpin` stands alone"),
        ("deploys acme/web 4f2c1d9 --pin", "`--pin` takes a project at most"),
        ("deploys --pin --unpin", "`--pin` takes a project at most"),
        ("deploys acme/nothing --pin", "I see no project"),
    ],
)
async def test_what_cannot_be_pinned_is_said(connected_world: World, line: str, says: str) -> None:
    await connected_world.say(f"/circle {line}")
    await connected_world.reply(says)
    assert not [one for one in await connected_world.list_messages() if one["text"] == TITLE]


async def test_a_board_stands_in_a_channel_alone(connected_world: World) -> None:
    await connected_world.say("/circle deploys acme/web --pin", channel=DM)
    await connected_world.reply("pinned in a channel", channel=DM)


async def test_a_board_follows_the_rules_of_its_channel(connected_world: World) -> None:
    world = connected_world
    await hear(world)
    await ship(world)
    await world.say("/circle use acme/api")
    await world.say("/circle deploys --pin")
    await world.message("*acme/web*\n")
    await world.say("/circle unsubscribe 1")
    await world.message("I have heard of no deploy yet")
    await world.say("/circle undo")
    await world.message("*acme/web*\n")


async def test_what_is_shown_in_a_channel_is_pinned_by_a_button(connected_world: World) -> None:
    world = connected_world
    await hear(world)
    await world.say("/circle deploys acme/web")
    await world.press(await world.reply("what runs where"), "Pin It Here")
    await world.message("pinned what runs where in `acme/web`")
    await world.say("/circle deploys acme/web", channel=DM)
    assert "Pin It Here" not in str(await world.reply("what runs where", channel=DM))


async def test_a_board_hears_of_deploys_that_no_rule_asks_for(connected_world: World) -> None:
    world = connected_world
    await world.say(f"/circle subscribe {WEB} --only failed")
    await world.message("subscribed this channel")
    await world.say("/circle deploys --pin")
    await world.message("I keep this up to date")
    number = await ship(world)
    await world.message(f"*staging* runs `1.0.{number}`")


async def list_boards(world: World) -> list[str]:
    return [get_text(one) for one in await world.list_messages() if one["text"] == TITLE]


async def test_who_may_not_see_a_project_pins_nothing_of_it(connected_world: World) -> None:
    world = connected_world
    await world.say("/circle subscribe gh/acme/secret", as_=ADA)
    await world.message("subscribed this channel to `acme/secret`")
    await world.connect(as_=EVE)
    await world.say("/circle deploys gh/acme/secret --pin", as_=EVE)
    await world.reply("or hides it from you", as_=EVE)
    await world.say("/circle deploys gh/acme/secret --pin", as_=ADA)
    await world.message("pinned what runs where in `acme/secret`")


async def share(world: World) -> None:
    await world.control("slack/share", channel=DEPLOYS, user=GUS, team="T0AGENCY")
    await world.wait_until(partial(is_known, world), "a channel that others read")


async def test_what_may_never_go_to_other_companies_is_not_pinned_where_they_read(connected_world: World) -> None:
    world = connected_world
    await hear(world)
    await world.say(f"/circle project {WEB} --mark never-external")
    await world.reply("is marked `never-external`")
    await share(world)
    await ship(world)
    await world.say("/circle deploys acme/web --pin")
    await world.reply("nothing of it goes to channels that people of other companies read")
    assert not await list_boards(world)
    await world.say("/circle deploys --pin")
    await world.message("pinned what runs where in this channel's projects")
    await world.message("I have heard of no deploy yet")


async def test_where_other_companies_read_what_they_do_not_hear_yet_is_pinned_after_a_question(
    connected_world: World,
) -> None:
    world = connected_world
    await hear(world)
    await world.say("/circle subscribe acme/api", channel="C0WEB")
    await world.message("subscribed this channel to `acme/api`", channel="C0WEB")
    await share(world)
    for line in ("deploys acme/api --pin", "deploys acme/api --pin --sure"):
        await world.say(f"/circle {line}")
        question = await world.reply("People of other companies read this channel")
    assert not await list_boards(world)
    await world.press(question, "Pin Anyway…")
    await world.message("pinned what runs where in `acme/api`")
    await world.say("/circle deploys acme/web --pin")
    await world.message("pinned what runs where in `acme/web`")


async def test_a_guest_pins_nothing(connected_world: World) -> None:
    world = connected_world
    await world.say(f"/circle subscribe {WEB}", channel="C0WEB")
    await world.message("subscribed this channel", channel="C0WEB")
    await world.say(f"/circle deploys {WEB} --pin", as_=GUS, channel="C0WEB")
    await world.reply("you are a guest", as_=GUS, channel="C0WEB")
    assert not [one for one in await world.list_messages("C0WEB") if TITLE in get_text(one)]


async def test_who_may_not_listen_pins_nothing(connected_world: World) -> None:
    world = connected_world
    await hear(world)
    await world.say("/circle policy add only @grace do listen")
    await world.press(await world.reply("Look again before this counts"), "Change Policy")
    await world.message("version 1 counts")
    await world.say("/circle deploys --pin")
    await world.reply("does not let you use `subscribe`")
    assert not [one for one in await world.list_messages() if TITLE in get_text(one)]
