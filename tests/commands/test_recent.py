from __future__ import annotations

from bot.commands.recent import COMMAND
from tests.plugins.lines import args_of
from tests.plugins.reading import text_of
from tests.plugins.world import Json, World


async def test_pipelines_come_newest_first_a_page_at_a_time(world: World) -> None:
    await world.connect()
    await world.say("/circle recent gh/acme/web")
    reply = await world.reply("Recent pipelines of `gh/acme/web`")
    first = _rows(reply)
    assert len(first) == 8
    assert "Thank the customer" in first[0]
    await world.press(reply, "Next page")
    second = _rows(await world.message("Previous page"))
    assert len(second) == 8
    assert not set(first) & set(second)


async def test_one_branch_only(socket_world: World) -> None:
    await socket_world.connect()
    await socket_world.say("/circle recent gh/acme/web --branch flaky")
    rows = _rows(await socket_world.reply("on `flaky`"))
    assert rows
    assert all("`flaky`" in row for row in rows)


async def test_only_what_i_started_myself(socket_world: World) -> None:
    await socket_world.connect()
    await socket_world.say("/circle trigger gh/acme/web --branch main")
    await socket_world.reply("Started")
    await socket_world.say("/circle recent gh/acme/web --mine --branch main")
    rows = _rows(await socket_world.reply("started by you"))
    assert all("by ada" in row for row in rows)


async def test_a_branch_that_never_ran_shows_that_there_are_none(socket_world: World) -> None:
    await socket_world.connect()
    await socket_world.say("/circle recent gh/acme/web --branch nowhere")
    await socket_world.reply("There are none")


async def test_a_page_beyond_the_last_says_so(socket_world: World) -> None:
    await socket_world.connect()
    await socket_world.say("/circle recent gh/acme/api --page 9")
    await socket_world.reply("There are no more")


def test_a_branch_name_of_three_hundred_characters_is_taken_as_it_is() -> None:
    assert args_of(COMMAND, f"web --branch {'b' * 300}").branch == "b" * 300


def _rows(reply: Json) -> list[str]:
    return [text_of(block) for block in reply["blocks"] if block["type"] == "section"][1:]
