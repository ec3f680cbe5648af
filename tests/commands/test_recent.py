from __future__ import annotations

from bot.commands.recent import COMMAND
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import Json, World


async def test_pipelines_come_newest_first_a_page_at_a_time(each_connected_world: World) -> None:
    await each_connected_world.say("/circle recent gh/acme/web")
    reply = await each_connected_world.reply("Recent pipelines of `acme/web`")
    first = _rows(reply)
    assert len(first) == 8
    assert "Thank the customer" in first[0]
    await each_connected_world.press(reply, "Next Page")
    second = _rows(await each_connected_world.message("Previous Page"))
    assert len(second) == 8
    assert not set(first) & set(second)


async def test_one_branch_only(connected_world: World) -> None:
    await connected_world.say("/circle recent gh/acme/web --branch flaky")
    rows = _rows(await connected_world.reply("on `flaky`"))
    assert rows
    assert all("`flaky`" in row for row in rows)


async def test_only_what_i_started_myself(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    await connected_world.card("triggered it")
    await connected_world.say("/circle recent gh/acme/web --mine --branch main")
    rows = _rows(await connected_world.reply("started by you"))
    assert all("by <@U0ADA>" in row for row in rows)


async def test_a_branch_that_never_ran_shows_that_there_are_none(connected_world: World) -> None:
    await connected_world.say("/circle recent gh/acme/web --branch nowhere")
    await connected_world.reply("There are none")


async def test_a_page_beyond_the_last_says_so(connected_world: World) -> None:
    await connected_world.say("/circle recent gh/acme/api --page 9")
    await connected_world.reply("There are no more")


async def test_a_whole_organisation_shows_all_its_projects_and_says_what_it_covers(each_connected_world: World) -> None:
    await each_connected_world.say("/circle use gh/acme/web")
    await each_connected_world.reply("from now on, where they name none")
    await each_connected_world.say("/circle recent --org")
    reply = await each_connected_world.reply("Recent pipelines of all of `gh/acme`")
    shown = get_text(reply)
    assert "acme/web #" in shown
    assert "acme/api #" in shown
    assert "bb/acme/legacy" not in shown
    assert "the projects that you follow there, and of those only the 250 that built last" in shown
    await each_connected_world.press(reply, "Next Page")
    assert not set(_rows(reply)) & set(_rows(await each_connected_world.message("Previous Page")))


async def test_an_organisation_can_be_named_and_its_opaque_projects_have_names(connected_world: World) -> None:
    await connected_world.say("/circle trigger kiosk --branch main --definition build")
    await connected_world.card("triggered it")
    slug = next(
        one["slug"]
        for one in (await connected_world.fetch_state("circleci.projects"))["circleci"]["projects"]
        if one["name"] == "kiosk"
    )
    await connected_world.say(f"/circle recent --org {slug.rpartition('/')[0]} --mine")
    shown = get_text(await connected_world.reply("started by you"))
    assert "Recent pipelines of all of *Acme*" in shown
    assert "Acme/kiosk #" in shown
    assert f"*{slug}" not in shown


async def test_an_organisation_whose_name_is_not_clear_is_asked_for(connected_world: World) -> None:
    await connected_world.say("/circle recent --org acme --branch main --mine")
    asked = await connected_world.reply("Several organisations are called `acme`")
    await connected_world.press(asked, "bb/acme")
    await connected_world.message("Recent pipelines of all of `bb/acme` · on `main` · started by you")
    await connected_world.say("/circle recent --org")
    await connected_world.reply("Which organisation?")
    await connected_world.say("/circle recent --org acmee")
    await connected_world.reply("You belong to no organisation `acmee`")


async def test_over_an_organisation_one_branch_can_be_asked_for(connected_world: World) -> None:
    await connected_world.say("/circle recent --org gh/acme --branch feature/rate-limits")
    (row,) = _rows(await connected_world.reply("on `feature/rate-limits`"))
    assert "acme/api #" in row


def test_an_organisation_can_be_named_after_an_equals_sign() -> None:
    assert parse_args(COMMAND, "--org=gh/acme").whose == "gh/acme"


def test_a_branch_name_of_three_hundred_characters_is_taken_as_it_is() -> None:
    assert parse_args(COMMAND, f"web --branch {'b' * 300}").branch == "b" * 300


def _rows(reply: Json) -> list[str]:
    return [get_text(block) for block in reply["blocks"] if block["type"] == "section"][1:]


async def test_only_what_failed_of_one_project_or_of_all(connected_world: World) -> None:
    for line in ("gh/acme/web", "--org gh/acme"):
        await connected_world.say(f"/circle recent {line}")
        reply = await connected_world.reply("Recent pipelines of")
        await connected_world.press(reply, "Show Only Failed")
        failed = await connected_world.message("Show All")
        assert _rows(failed)
        assert all(":x:" in row for row in _rows(failed))
        assert "I looked at the 20 newest pipelines." in get_text(failed)
        await connected_world.press(failed, "Show All")
        await connected_world.message("Show Only Failed")
