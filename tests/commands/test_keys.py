from __future__ import annotations

from typing import Any

import pytest

from bot.commands.keys import COMMAND
from bot.errors import UsageError
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import EVE, GRACE, World

WEB = "gh/acme/web"


async def test_keys_are_listed_added_and_removed_by_button(each_connected_world: World) -> None:
    await each_connected_world.say(f"/circle keys {WEB}")
    await each_connected_world.press(
        await each_connected_world.reply("*Checkout keys* of `acme/web` (1)"), "Add a Deploy Key"
    )
    added = await each_connected_world.message("Added the key")
    first, second = await keys_of(each_connected_world)
    await each_connected_world.press(added, "Show the Keys")
    listed = await each_connected_world.message("*Checkout keys* of `acme/web` (2)")
    assert first in get_text(listed)
    await each_connected_world.pick(listed, "Remove key…")
    form = await each_connected_world.form(first)
    assert form["submit"]["text"] == "Remove Key"
    await each_connected_world.submit(form)
    await each_connected_world.answer("Removed the key")
    assert await keys_of(each_connected_world) == [second]


async def test_typed_rm_asks_in_a_dialog_and_only_its_submission_acts(each_connected_world: World) -> None:
    (key,) = await keys_of(each_connected_world)
    await each_connected_world.say(f"/circle keys rm {WEB} {key} --sure")
    form = await each_connected_world.form("CircleCI deletes the key")
    assert key in get_text(form)
    assert await keys_of(each_connected_world) == [key]
    await each_connected_world.submit(form)
    await each_connected_world.answer("Removed the key")
    assert await keys_of(each_connected_world) == []
    await each_connected_world.say(f"/circle keys rm {WEB} {key}")
    await each_connected_world.answer("CircleCI does not know the key")


async def test_a_key_that_went_meanwhile_is_said_to_be_gone(connected_world: World) -> None:
    (key,) = await keys_of(connected_world)
    await connected_world.say(f"/circle keys {WEB}")
    listed = await connected_world.reply("*Checkout keys*")
    await lose(connected_world, "DELETE")
    await connected_world.pick(listed, "Remove key…")
    await connected_world.submit(await connected_world.form(key))
    gone = await connected_world.answer("does not know the key")
    assert key in get_text(gone)
    assert await keys_of(connected_world) == []


async def test_who_has_to_connect_first_is_asked_afterwards(socket_world: World) -> None:
    (key,) = await keys_of(socket_world)
    await socket_world.say(f"/circle keys rm {WEB} {key}")
    await socket_world.submit(await socket_world.form("Personal API token"), token="CCIPAT_ada")
    form = await socket_world.form("CircleCI deletes the key")
    assert await keys_of(socket_world) == [key]
    await socket_world.submit(form)
    await socket_world.answer("Removed the key")


async def test_where_no_dialog_can_open_a_button_asks(connected_world: World) -> None:
    (key,) = await keys_of(connected_world)
    await connected_world.say(f"<@U0CIRCLEBOT> keys rm {WEB} {key} --sure")
    asked = await connected_world.reply("CircleCI deletes the key")
    assert await keys_of(connected_world) == [key]
    await connected_world.press(asked, "Remove Key…")
    await connected_world.message("Removed the key")


async def test_a_key_is_shown_by_its_sha256(connected_world: World) -> None:
    await connected_world.say(f"/circle keys list {WEB} --digest sha256")
    await connected_world.pick(await connected_world.reply("SHA256:"), "Show key")
    shown = await connected_world.message("ssh-ed25519 AAAA")
    await connected_world.press(shown, "Show the Keys")
    await connected_world.message("*Checkout keys*")


async def test_a_user_key_needs_a_person_who_let_circleci_into_github(socket_world: World) -> None:
    await socket_world.connect(GRACE)
    await socket_world.say(f"/circle keys add {WEB} user-key", as_=GRACE)
    await socket_world.reply("Authorize your account with GitHub", as_=GRACE)
    await socket_world.connect()
    await socket_world.say(f"/circle keys add {WEB} user")
    await socket_world.reply("Added the key")


async def test_who_may_only_read_is_told_so_and_nothing_happens(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say(f"/circle keys add {WEB} deploy-key", as_=EVE)
    await socket_world.reply("your token may only read", as_=EVE)
    await socket_world.say("/circle keys gh/acme/api", as_=EVE)
    await socket_world.reply("CircleCI does not know `acme/api`, or hides it from you", as_=EVE)
    assert len(await keys_of(socket_world)) == 1


async def test_a_github_app_project_takes_no_keys_and_it_is_said_in_one_sentence(connected_world: World) -> None:
    await connected_world.say("/circle keys kiosk")
    listed = await connected_world.reply("*Checkout keys*")
    assert "Add a Deploy Key" not in get_text(listed)
    slug = next(one["slug"] for one in (await projects(connected_world)) if one["name"] == "kiosk")
    await connected_world.say(f"/circle keys add {slug} deploy-key")
    await connected_world.reply("projects that use GitLab or the GitHub App")


async def test_a_lost_answer_is_read_again(connected_world: World) -> None:
    (old,) = await keys_of(connected_world)
    await lose(connected_world, "POST")
    await connected_world.say(f"/circle keys add {WEB} deploy-key")
    told = await connected_world.reply("I looked again, and found the key")
    new = next(key for key in await keys_of(connected_world) if key != old)
    assert new in get_text(told)
    assert old not in get_text(told)
    await connected_world.say(f"/circle keys rm {WEB} {new}")
    form = await connected_world.form("CircleCI deletes the key")
    await lose(connected_world, "DELETE", count=5)
    await connected_world.submit(form)
    await connected_world.answer("I looked again, and found no such key")
    assert await keys_of(connected_world) == [old]


@pytest.mark.parametrize(
    "text",
    ["list a b", "lst", "list --digest crc", "add a deploy x"],
)
def test_what_is_not_clear_is_asked_for(text: str) -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, text)


async def projects(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await world.fetch_state("circleci.projects"))["circleci"]["projects"]
    return found


async def keys_of(world: World) -> list[str]:
    return [key for one in await projects(world) if one["slug"] == WEB for key in one["keys"]]


async def lose(world: World, method: str, count: int = 1) -> None:
    """The next calls of this method happen, and their answers never come."""
    await world.control(
        "faults", target="circleci", match="project/gh/acme/web", method=method, accept_then_drop=True, count=count
    )
