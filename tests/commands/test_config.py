from __future__ import annotations

import pytest

from bot.commands.config import COMMAND
from bot.errors import UsageError
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import DEPLOYS, GENERAL, World


async def test_the_source_comes_as_a_private_file_and_can_be_shared(each_connected_world: World) -> None:
    await each_connected_world.say("/circle config gh/acme/web")
    reply = await each_connected_world.reply("I sent it to you in a direct message")
    file = await each_connected_world.file("The config of #", channel="D0ADA")
    assert b"version: 2.1" in file["content"]
    assert file["filetype"] == "yaml"
    await each_connected_world.press(reply, "Share It Here")
    assert (await each_connected_world.file("The config of #", channel=DEPLOYS))["content"] == file["content"]


async def test_in_a_thread_it_is_shared_there_if_that_is_said(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    card = await connected_world.card("*success*")
    bot = (await connected_world.http.get("/_page/boot", params={"as": "U0ADA"})).json()["app"]["user_id"]
    await connected_world.say(f"<@{bot}> config gh/acme/web --compiled --here", thread_ts=card["ts"])
    file = await connected_world.file("The compiled config of #")
    assert b"version: 2" in file["content"]
    (shared,) = [one for one in await connected_world.list_messages() if one.get("files")]
    assert shared["thread_ts"] == card["ts"]


async def test_where_the_bot_is_no_member_the_file_comes_by_direct_message(connected_world: World) -> None:
    await connected_world.say("/circle config gh/acme/web --here", channel=GENERAL)
    await connected_world.reply("I am not in this channel", channel=GENERAL)
    await connected_world.file("The config of #", channel="D0ADA")


async def test_an_upload_that_slack_refuses_is_told(connected_world: World) -> None:
    fault = {"target": "slack", "match": "files.getUploadURLExternal", "status": 403, "count": 1}
    await connected_world.control("faults", **fault)
    await connected_world.say("/circle config gh/acme/web")
    await connected_world.reply("I could not upload the file")


async def test_a_config_that_is_not_there_is_said_so(connected_world: World) -> None:
    await connected_world.say("/circle config gh/acme/web --setup")
    await connected_world.reply("had no setup config")
    await connected_world.say("/circle trigger gh/acme/web --branch bad-config")
    await connected_world.card("config error")
    await connected_world.say("/circle config gh/acme/web --compiled")
    assert "CircleCI could not compile the config" in get_text(await connected_world.reply())


def test_source_and_compiled_exclude_each_other() -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, "341 --source --compiled")


async def test_an_upload_whose_answer_is_lost_is_not_repeated(connected_world: World) -> None:
    fault = {"target": "slack", "match": "files.completeUploadExternal", "accept_then_drop": True, "count": 1}
    await connected_world.control("faults", **fault)
    await connected_world.say("/circle config gh/acme/web --here")
    await connected_world.reply("Slack did not say whether it took the file")
    (shared,) = [one for one in await connected_world.list_messages() if one.get("files")]
    assert "<@U0ADA> asked for it" in shared["text"]
    assert len(await connected_world.list_calls("files.completeUploadExternal")) == 1


async def test_bytes_that_slack_does_not_take_are_told(connected_world: World) -> None:
    await connected_world.control("faults", target="slack", match="files.upload", status=500, count=1)
    await connected_world.say("/circle config gh/acme/web")
    await connected_world.reply("Slack did not take its bytes")
