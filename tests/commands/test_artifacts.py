from __future__ import annotations

import io
import zipfile

import pytest

from bot.commands.artifacts import COMMAND
from bot.errors import UsageError
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import DEPLOYS, GENERAL, Json, World

MAIN = "/circle artifacts gh/acme/web test"
PNG = b"\x89PNG\r\n\x1a\n"


async def test_artifacts_are_listed_with_their_sizes_and_sent_to_the_channel(each_connected_world: World) -> None:
    await each_connected_world.say(MAIN)
    listed = await each_connected_world.reply("artifacts of test (job ")
    assert "87.3 % of lines in" in get_text(listed)
    assert "dumps/heap.bin> · 24\u00a0MB" in get_text(listed)
    assert "Node 0" in get_text(listed)
    await each_connected_world.press(listed, "Next Page")
    await each_connected_world.message("Previous Page")
    await each_connected_world.say(f"{MAIN} screenshots/checkout.png --node 1")
    narrowed = await each_connected_world.reply("1 artifact of test (job ")
    await each_connected_world.press(narrowed, "Send Here")
    picture = await each_connected_world.file("screenshots/checkout.png", channel=DEPLOYS)
    assert picture["content"].startswith(PNG)
    assert picture["alt_txt"].startswith("Picture screenshots/checkout.png, an artifact of test (job ")
    await each_connected_world.press(await each_connected_world.message("Show All Artifacts"), "Show All Artifacts")
    await each_connected_world.message("*Coverage*")


async def test_a_line_says_how_far_it_is_before_the_files_come(each_connected_world: World) -> None:
    await each_connected_world.say(f"{MAIN} coverage/*.xml --send")
    await each_connected_world.reply("Downloading coverage/coverage.xml, 1 of 2…")
    await each_connected_world.reply("I sent them to you in a direct message")
    first, second = [one["title"] for one in (await _shared(each_connected_world, "D0ADA"))["files"]]
    assert (first, second) == ("coverage/coverage.xml (node 0)", "coverage/coverage.xml (node 1)")


async def test_the_reply_to_a_button_takes_the_place_of_what_said_how_far_it_is(each_connected_world: World) -> None:
    await each_connected_world.say(f"{MAIN} server.log --node 0")
    await each_connected_world.press(await each_connected_world.reply("1 artifact of test"), "Send Here")
    await each_connected_world.message("Show All Artifacts")  # The reply is replaced a moment after the file is there.
    said = [call["args"] for call in await each_connected_world.list_calls("response_url")][-2:]
    assert [one["text"] for one in said][0] == ":arrow_down: Downloading logs/server.log…"
    assert [one["replace_original"] for one in said] == [True, True]
    assert not [one for one in await each_connected_world.list_messages() if "Downloading" in get_text(one)]


async def test_in_a_direct_message_the_line_becomes_the_reply(connected_world: World) -> None:
    await connected_world.say("artifacts gh/acme/web test server.log --node 0 --send", channel="D0ADA")
    done = await connected_world.message("`logs/server.log` of test (job ", channel="D0ADA")
    (changed,) = [one["args"] for one in await connected_world.list_calls("chat.update")]
    assert changed["ts"] == done["ts"]
    assert not [one for one in await connected_world.list_messages("D0ADA") if "Downloading" in get_text(one)]


async def test_in_a_thread_the_files_come_into_it_if_that_is_said(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    card = await connected_world.card("*success*")
    bot = (await connected_world.http.get("/_page/boot", params={"as": "U0ADA"})).json()["app"]["user_id"]
    await connected_world.say(
        f"<@{bot}> artifacts gh/acme/web test server.log --node 0 --send --here", thread_ts=card["ts"]
    )
    file = await connected_world.file("logs/server.log")
    assert (file["filetype"], file["preview"][:8]) == ("text", "10:00:00")
    assert (await _shared(connected_world, DEPLOYS))["thread_ts"] == card["ts"]


async def test_many_files_come_as_one_zip_and_what_is_too_big_is_linked(connected_world: World) -> None:
    await connected_world.say(f"{MAIN} --send")
    reply = await connected_world.reply("I sent it to you in a direct message")
    file = await connected_world.file("20 artifacts of test (job ", channel="D0ADA")
    names = zipfile.ZipFile(io.BytesIO(file["content"])).namelist()
    assert {"node-0/coverage/index.html", "node-1/coverage/index.html"} < set(names)
    assert get_text(reply).count("is 24\u00a0MB. I carry 20\u00a0MB a file: open it at CircleCI.") == 2


async def test_the_token_goes_along_to_circleci_and_not_to_the_store_it_leads_to(connected_world: World) -> None:
    await connected_world.say(f"{MAIN} heap.bin --node 0")
    await connected_world.reply("24\u00a0MB")
    calls = (await connected_world.fetch_state("circleci.calls"))["circleci"]["calls"]
    heads = [(call["path"].split("/")[1], call["auth"]) for call in calls if call["method"] == "HEAD"]
    assert heads == [("artifacts", "circle-token"), ("store", None)]


async def test_a_job_is_named_by_its_link_and_a_node_by_its_number(connected_world: World) -> None:
    pipelines = await connected_world.list_pipelines()
    pipeline = next(one for one in pipelines if (one["project_slug"], one["branch"]) == ("gh/acme/web", "main"))
    link = await _link(connected_world, pipeline)
    await connected_world.say(f"/circle artifacts {link} *.txt --node 0")
    listed = await connected_world.reply("2 artifacts of test (job ")
    assert "Node 1" not in get_text(listed)


async def test_what_is_not_there_is_said_so(connected_world: World) -> None:
    for line, says in (
        (f"{MAIN} *.exe", "None of the 22 artifacts of `test` fits"),
        ("/circle artifacts gh/acme/web lint", "`lint` has stored no artifacts."),
        ("/circle artifacts gh/acme/web tset", "Did you mean `test`?"),
        ("/circle artifacts", "Which project?"),
    ):
        await connected_world.say(line)
        await connected_world.reply(says)


async def test_a_file_over_the_limit_is_not_sent_but_linked(connected_world: World) -> None:
    await connected_world.say(f"{MAIN} heap.bin --node 1 --send")
    reply = await connected_world.reply("I have nothing to send")
    assert "dumps/heap.bin> (node 1) is 24\u00a0MB. I carry 20\u00a0MB a file" in get_text(reply)
    assert await connected_world.list_calls("files.getUploadURLExternal") == []


async def test_a_download_that_breaks_says_so_and_nothing_is_sent(connected_world: World) -> None:
    await connected_world.control("faults", target="circleci", match="artifacts/", status=502, count=0)
    await connected_world.say(f"{MAIN} server.log --node 0 --send")
    await connected_world.reply("CircleCI has trouble of its own (HTTP 502)")


async def test_where_sizes_are_not_told_the_list_comes_without(connected_world: World) -> None:
    await connected_world.control("faults", target="circleci", match="artifacts/", method="HEAD", status=403, count=0)
    await connected_world.say(f"{MAIN} server.log")
    assert get_text(await connected_world.reply("2 artifacts of test")).count("size unknown") == 2


async def test_where_the_bot_is_no_member_what_was_left_out_is_told_as_well(connected_world: World) -> None:
    await connected_world.say(f"{MAIN} --node 0 --here", channel=GENERAL)
    reply = await connected_world.reply("I am not in this channel", channel=GENERAL)
    assert "I carry 20\u00a0MB a file" in get_text(reply)
    await connected_world.file("10 artifacts of test", channel="D0ADA")


@pytest.mark.parametrize("text", ["test --node one", "test --node -1", "test --page 0"])
def test_numbers_are_numbers(text: str) -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, text)


async def _shared(world: World, channel: str) -> Json:
    return [one for one in await world.list_messages(channel) if one.get("files")][-1]


async def _link(world: World, pipeline: Json) -> str:
    """The pasted address of its job `test`."""
    (workflow,) = [one for one in pipeline["workflows"] if one["name"] == "build-and-test"]
    (job,) = [one for one in workflow["jobs"] if one["name"] == "test"]
    where = f"pipelines/github/acme/web/{pipeline['number']}/workflows/{workflow['id']}/jobs"
    return f"{world.url}/circleci/{where}/{job['job_number']}"
