"""Only whoever asked sees the whole log, a config or an artifact: what publishes it says so, and asks first.

In a thread too, where everybody reads along. A config and a pipeline's values are masked like a log.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import kit
from bot.command import format_line
from bot.commands import COMMANDS
from bot.dispatch.words import parse_usage
from bot.line import extend_line
from tests.plugins.block_reader import get_text
from tests.plugins.world import ADA, DEPLOYS, World

BOT = "U0CIRCLEBOT"
SECRET = "ghp_" + "Zx81" * 9


@given(st.sampled_from([one.name for one in COMMANDS]), st.lists(st.text(min_size=1, max_size=20), max_size=3))
def test_a_button_that_publishes_asks_first_and_no_other_does(name: str, words: list[str]) -> None:
    said = format_line(name, *words)
    assert kit.button("Send", said).confirm is None
    assert kit.button("Show", extend_line(said, here=True)).confirm is not None


def test_every_command_that_carries_files_publishes_by_here_alone() -> None:
    shared = {one.name for one in COMMANDS if "here" in parse_usage(one.usage).options}
    carrying = {"artifacts", "config", "deploys", "insights", "logs", "pipeline", "values"}
    assert shared - carrying == {"compare", "jobs", "recent", "status", "tests", "why"}, "these answer with messages"
    assert carrying <= shared


@pytest.mark.parametrize(
    "asked",
    ["logs gh/acme/web {number} test --full", "config gh/acme/web --compiled", "insights gh/acme/web build-and-test"],
)
async def test_what_is_asked_for_in_a_thread_is_for_whoever_asked(socket_world: World, asked: str) -> None:
    world = socket_world
    await world.connect()
    await world.say("/circle trigger gh/acme/web --branch broken")
    card = await world.card("*failed*")
    number = card["text"].split("#")[1].split()[0]
    await world.say(f"<@{BOT}> {asked.format(number=number)}", thread_ts=card["ts"])
    await world.file(channel="D0ADA")
    assert not await _published(world)
    answer = await world.message("Share It Here")
    await world.press(answer, "Share It Here")
    await world.file(channel=DEPLOYS)


async def test_the_thread_of_a_failure_sends_the_log_to_whoever_presses_and_then_asks_whether_all_may_see_it(
    socket_world: World,
) -> None:
    world = socket_world
    await world.connect()
    await world.say("/circle trigger gh/acme/web --branch broken")
    await world.press(await world.thread(await world.card("*failed*"), "Show Log"), "Show Log")
    await world.press(await world.reply("The log of"), "Send Me the Full Log")
    await world.file("The log of", channel="D0ADA")
    assert not await _published(world)
    answer = await world.message("Share It Here")
    [share] = [one for one in _buttons(answer) if one["text"]["text"] == "Share It Here"]
    assert "Everybody in this channel can read it then" in get_text(share["confirm"])
    await world.press(answer, "Share It Here")
    await world.file("The log of", channel=DEPLOYS)


async def test_a_config_is_masked(socket_world: World) -> None:
    world = socket_world
    await world.connect()
    config = f"version: 2.1\n# old: {SECRET}\njobs:\n  a:\n    docker: [{{image: x}}]\n    steps: [checkout]\n"
    pushed = await world.control("push", project="gh/acme/web", branch="main", config=config)
    await world.say(f"/circle config gh/acme/web {pushed['number']}")
    content = (await world.file("config", channel="D0ADA"))["content"].decode()
    assert SECRET not in content
    assert "steps: [checkout]" in content


async def _published(world: World) -> list[Any]:
    return [file for one in await world.list_messages(DEPLOYS, as_=ADA) for file in one.get("files") or ()]


def _buttons(message: Any) -> list[Any]:
    return [one for block in message["blocks"] for one in block.get("elements", ()) if one.get("type") == "button"]
