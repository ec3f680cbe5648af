"""What needs nothing but the store is answered with the acknowledgement, and what takes longer after it."""

from __future__ import annotations

import asyncio

import pytest

from bot.commands import COMMANDS
from bot.dispatch.registry import Registry
from bot.slack.command_acks import CommandAcks
from tests.plugins.world import World


async def test_help_is_answered_with_the_acknowledgement_and_by_no_request(each_connected_world: World) -> None:
    await each_connected_world.say("/circle help")
    await each_connected_world.reply("What I can do")
    acks = (await each_connected_world.fetch_state("slack.acks"))["slack"]["acks"]
    [helped] = [one for one in acks if one["type"] == "/circle help"]
    assert helped["body"]["text"] == "What I can do"
    assert helped["body"]["response_type"] == "ephemeral"


async def test_an_answer_goes_with_the_acknowledgement_once() -> None:
    acks, given = CommandAcks(), list[bool]()
    loop = asyncio.get_running_loop()

    def begin() -> None:
        loop.call_soon(lambda: given.extend([acks.send("url", {"text": "1"}), acks.send("url", {"text": "2"})]))

    assert await acks.wait_for_answer("url", begin) == {"text": "1"}
    assert given == [True, False]


async def test_what_takes_too_long_is_acknowledged_without_its_answer() -> None:
    acks = CommandAcks(within_s=0.0)
    assert await acks.wait_for_answer("url", lambda: None) is None
    assert not acks.send("url", {"text": "late"})
    assert not acks.send(None, {"text": "without an url"})


@pytest.mark.parametrize(
    ("line", "at_once"),
    [("", True), ("help", True), ("Help!", True), ("? trigger", True), ("status", False), ("please help", False)],
)
def test_a_line_is_answered_at_once_by_its_command(line: str, at_once: bool) -> None:
    assert Registry(COMMANDS).is_at_once(line) is at_once
