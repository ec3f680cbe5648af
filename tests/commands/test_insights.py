from __future__ import annotations

import io

import pytest
from PIL import Image

from bot.commands.insights import COMMAND
from bot.errors import UsageError
from tests.plugins.block_reader import Json, get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import DEPLOYS, GENERAL, World

pytestmark = pytest.mark.usefixtures("ready_to_draw")

DM = "D0ADA"
WORKFLOW = "/circle insights gh/acme/web build-and-test"


def size_of(file: Json) -> tuple[int, int]:
    """Of a picture that is whole."""
    with Image.open(io.BytesIO(file["content"])) as picture:
        picture.load()
        return picture.size


def table_of(message: Json) -> list[list[str]]:
    (table,) = [block for block in message["blocks"] if block["type"] == "table"]
    return [[cell["text"] for cell in row] for row in table["rows"]]


async def test_numbers_come_at_once_and_the_picture_by_direct_message_until_it_is_shared(
    each_connected_world: World,
) -> None:
    await each_connected_world.say(WORKFLOW)
    reply = await each_connected_world.reply("last 30 days")
    rows = {row[0]: row[1:] for row in table_of(reply)}
    assert rows["Success rate"][0].endswith("%")
    assert int(rows["Runs"][0]) > 20
    assert {"Runs a day", "Median duration", "p95 duration", "Time to recovery", "Credits"} <= set(rows)
    assert "not for billing" in get_text(reply)
    file = await each_connected_world.file("build-and-test on main, last 30 days", channel=DM)
    assert size_of(file) == (1200, 1260)
    assert "runs passed" in file["alt_txt"]
    await each_connected_world.press(reply, "Share It Here")
    await each_connected_world.file("build-and-test on main, last 30 days", channel=DEPLOYS)
    (shared,) = [one for one in await each_connected_world.list_messages() if one.get("files")]
    assert table_of(shared) == table_of(reply)


async def test_while_very_many_runs_are_read_it_is_said_how_far_that_is(connected_world: World) -> None:
    await connected_world.say(f"{WORKFLOW} --days 90 --all-branches")
    await connected_world.reply("on all branches, last 90 days")
    await connected_world.message("Reading single runs: 500 so far…")
    await connected_world.say("insights gh/acme/web build-and-test --days 90 --all-branches", channel=DM)
    await connected_world.file("on all branches, last 90 days", channel=DM)
    assert "Reading" not in get_text(await connected_world.list_messages(DM))


async def test_in_a_direct_message_picture_and_table_are_one_message(connected_world: World) -> None:
    await connected_world.say("insights gh/acme/web build-and-test --days 90 --all-branches", channel=DM)
    shown = await connected_world.message("on all branches, last 90 days", channel=DM)
    assert table_of(shown)
    assert size_of(await connected_world.file("on all branches", channel=DM)) == (1200, 1260)


async def test_a_project_shows_its_workflows_side_by_side_and_each_can_be_opened(connected_world: World) -> None:
    await connected_world.say("/circle insights gh/acme/web --all-branches")
    reply = await connected_world.reply("Workflows of")
    assert {"build-and-test", "deploy-preview", "release"} <= {row[0] for row in table_of(reply)}
    assert "All workflows on all branches" in get_text(reply)
    file = await connected_world.file("Workflows of acme/web on all branches", channel=DM)
    assert "deploy-preview" in file["alt_txt"]
    await connected_world.pick(reply, "release")
    await connected_world.message("`release` of `acme/web` on all branches")


async def test_jobs_tell_the_slowest_and_the_least_reliable(connected_world: World) -> None:
    await connected_world.say(WORKFLOW)
    await connected_world.press(await connected_world.reply("last 30 days"), "Show Jobs")
    reply = await connected_world.message("Jobs of `build-and-test`")
    assert "Slowest: `test`" in get_text(reply)
    assert "Least reliable:" in get_text(reply)
    assert [row[0] for row in table_of(reply)] == ["Job", "test", "build", "lint"]
    assert "lint" in (await connected_world.file("Jobs of build-and-test", channel=DM))["alt_txt"]


async def test_the_jobs_of_which_workflow_is_asked_where_there_are_several(connected_world: World) -> None:
    await connected_world.say("/circle insights gh/acme/web --jobs")
    await connected_world.press(await connected_world.reply("of which workflow?"), "deploy-preview")
    assert table_of(await connected_world.message("Jobs of `deploy-preview`"))[1][0] == "preview"


async def test_an_organisation_shows_its_projects(connected_world: World) -> None:
    await connected_world.say("/circle insights --org gh/acme")
    rows = table_of(await connected_world.reply("Projects of `gh/acme`"))
    assert [row[0] for row in rows[:2]] == ["Project", "web"]
    assert {"api", "secret"} <= {row[0] for row in rows}


async def test_the_channels_project_is_meant_where_none_is_named(connected_world: World) -> None:
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.reply("from now on, where they name none")
    await connected_world.say("/circle insights Build-And-Test")
    await connected_world.reply("`build-and-test` of `acme/web` on `main`")


async def test_a_branch_on_which_nothing_ran_leads_to_those_on_which_something_did(connected_world: World) -> None:
    await connected_world.say(f"{WORKFLOW} --branch feature/serch")
    reply = await connected_world.reply("Nothing ran:")
    assert not [one for one in await connected_world.list_messages(DM) if one.get("files")]
    await connected_world.press(reply, "Show feature/search")
    await connected_world.message("on `feature/search`")


async def test_a_workflow_that_never_ran_is_told_with_those_that_did(connected_world: World) -> None:
    await connected_world.say("/circle insights gh/acme/web bild-and-test")
    await connected_world.press(await connected_world.reply("no workflow `bild-and-test` ran"), "build-and-test")
    await connected_world.message("`build-and-test` of")


async def test_a_run_that_circleci_has_not_summed_up_yet_is_counted_by_us(connected_world: World) -> None:
    nothing = {"target": "circleci", "match": "insights/gh/acme/web/workflows", "body": '{"items": []}'}
    await connected_world.control("faults", **nothing)
    await connected_world.say(WORKFLOW)
    assert "has not summed these runs up yet" in get_text(await connected_world.reply("last 30 days"))


async def test_a_server_without_summaries_leaves_out_trends(connected_world: World) -> None:
    lacking = {"target": "circleci", "match": "insights/gh/acme/web/workflows/build-and-test/summary", "status": 404}
    await connected_world.control("faults", **lacking)
    await connected_world.say(WORKFLOW)
    assert {row[2] for row in table_of(await connected_world.reply("last 30 days"))[1:]} == {"—"}


async def test_a_table_that_slack_refuses_comes_as_lines(connected_world: World) -> None:
    await connected_world.control("faults", target="slack", match="response_url", status=400, error="invalid_blocks")
    await connected_world.control("faults", target="slack", match="chat.postEphemeral", error="invalid_blocks")
    await connected_world.control(
        "faults", target="slack", match="files.completeUploadExternal", error="invalid_blocks"
    )
    await connected_world.say(WORKFLOW)
    assert "*Success rate* Now" in get_text(await connected_world.reply("last 30 days"))
    shown = await connected_world.message("*Success rate* Now", channel=DM)
    assert shown["files"]


async def test_numbers_are_told_also_when_the_picture_cannot_be_shared(connected_world: World) -> None:
    await connected_world.control("faults", target="slack", match="files.getUploadURLExternal", status=403)
    await connected_world.say(f"{WORKFLOW} --here")
    reply = await connected_world.reply("I could not upload the file")
    assert table_of(reply)


async def test_where_the_bot_is_no_member_picture_and_table_come_by_direct_message(connected_world: World) -> None:
    await connected_world.say(f"{WORKFLOW} --here", channel=GENERAL)
    await connected_world.reply("I am not in this channel", channel=GENERAL)
    assert table_of(await connected_world.message("last 30 days", channel=DM))
    assert not [one for one in await connected_world.list_messages(DEPLOYS) if one.get("files")]


@pytest.mark.parametrize("wrong", ["--days 31", "--days many", "--branch main --all-branches"])
def test_what_circleci_cannot_tell_is_refused(wrong: str) -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, wrong)


def test_jobs_may_be_asked_for_by_the_word_too() -> None:
    assert parse_args(COMMAND, "web build jobs") == parse_args(COMMAND, "web build --jobs")
    assert parse_args(COMMAND, "jobs").words == ("jobs",)
