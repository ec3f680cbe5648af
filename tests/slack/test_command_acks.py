"""What needs nothing but the store is answered with the acknowledgement, and what takes longer after it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bot.blocks.table import build_table
from bot.command import Reply, Request, RequestSource
from bot.commands import COMMANDS
from bot.dispatch.registry import Registry
from bot.messages import Message
from bot.slack.command_acks import Acks, CommandAcks
from bot.slack.home_notes import HomeNotes
from bot.slack.responder import SlackResponder
from bot.slack.value_shortener import ValueShortener
from tests.plugins.each_case import each_case
from tests.plugins.sql_statements import count_statements
from tests.plugins.world import ADA, DEPLOYS, World, run_world

_HELP = {
    "command": "/circle",
    "text": "help",
    "team_id": "T0SANDBOX",
    "user_id": ADA,
    "channel_id": DEPLOYS,
    "channel_name": "deploys",
    "trigger_id": "1.2",
    "response_url": "https://slack.test/answer",
}


async def test_help_is_answered_with_the_acknowledgement_and_by_no_request(each_connected_world: World) -> None:
    await each_connected_world.say("/circle help")
    await each_connected_world.reply("What I can do")
    acks = (await each_connected_world.fetch_state("slack.acks"))["slack"]["acks"]
    [helped] = [one for one in acks if one["type"] == "/circle help"]
    assert helped["body"]["text"] == "What I can do"
    assert helped["body"]["response_type"] == "ephemeral"


async def test_help_costs_one_statement_and_never_reaches_bolt(tmp_path: Path) -> None:
    async with run_world(tmp_path, socket_mode=True, roles={"slack"}) as world:
        world.app.bolt.middleware(_refuse)
        said = [await world.app.bolt.take(_HELP) for _ in range(2)]
        world.app.core.store._people.drop("T0SANDBOX")
        with count_statements() as seen:
            said.append(await world.app.bolt.take(_HELP))
    assert [json.loads(one.body)["text"] for one in said] == ["What I can do"] * 3
    assert len([text for text in seen.texts if "languages" in text or "accounts" in text]) == len(seen.texts) == 1


async def test_a_press_never_reaches_bolt(tmp_path: Path) -> None:
    async with run_world(tmp_path, socket_mode=True, roles={"slack"}) as world:
        world.app.bolt.middleware(_refuse)
        pressed = [await world.app.bolt.take(_press(value)) for value in ({}, {"value": "help"})]
    assert [(one.status, one.body) for one in pressed] == [(200, "")] * 2


def _press(value: dict[str, str]) -> dict[str, object]:
    return {
        "type": "block_actions",
        "user": {"id": ADA, "team_id": "T0SANDBOX"},
        "team": {"id": "T0SANDBOX"},
        "channel": {"id": DEPLOYS, "name": "deploys"},
        "container": {"type": "message", "message_ts": "1.2", "channel_id": DEPLOYS},
        "trigger_id": "1.2",
        "actions": [{"type": "button", "action_id": "do:1", "block_id": "b", **value}],
    }


async def _refuse(next: object) -> None:  # noqa: A002 - Bolt gives it by this name
    pytest.fail(f"{next} was asked")


async def test_an_answer_goes_with_the_acknowledgement_once() -> None:
    acks, given = CommandAcks(), list[bool]()

    def begin() -> None:
        asyncio.get_running_loop().call_soon(lambda: given.extend([acks.send({"text": "1"}), acks.send({"text": "2"})]))

    assert await acks.wait_for_answer(begin) == {"text": "1"}
    assert given == [True, False]


async def test_each_of_many_at_once_is_acknowledged_with_its_own_answer() -> None:
    """They have nothing to be told apart by: a proxy, or whoever tries us out, may give all of them one address."""
    acks = CommandAcks()

    async def ask(number: int) -> object:
        return await acks.wait_for_answer(lambda: asyncio.get_running_loop().call_soon(acks.send, {"text": number}))

    assert await asyncio.gather(*map(ask, range(8))) == [{"text": number} for number in range(8)]


async def test_what_takes_too_long_is_acknowledged_without_its_answer() -> None:
    acks, given = CommandAcks(within_s=0.0), list[bool]()
    gate = asyncio.Event()

    async def work() -> None:
        await gate.wait()
        given.append(acks.send({"text": "late"}))

    async with asyncio.TaskGroup() as tasks:
        assert await acks.wait_for_answer(lambda: tasks.create_task(work())) is None
        gate.set()
    assert given == [False]
    assert not acks.send({"text": "that nothing waits for"})


async def test_whoever_stops_waiting_leaves_the_answer_to_the_response_url() -> None:
    acks, gate, given = CommandAcks(), asyncio.Event(), list[bool]()

    async def work() -> None:
        waiting.cancel()
        await gate.wait()
        given.append(acks.send({"text": "late"}))

    async with asyncio.TaskGroup() as tasks:
        waiting = asyncio.create_task(acks.wait_for_answer(lambda: tasks.create_task(work())))
        with pytest.raises(asyncio.CancelledError):
            await waiting
        gate.set()
    assert given == [False]


async def test_work_that_cannot_begin_is_not_waited_for() -> None:
    acks = CommandAcks()

    def begin() -> None:
        raise RuntimeError("full")

    with pytest.raises(RuntimeError, match="full"):
        await acks.wait_for_answer(begin)
    assert not acks.send({"text": "late"})


async def test_what_slack_may_refuse_is_sent_where_its_refusal_is_heard(socket_world: World) -> None:
    """Nobody hears what Slack makes of an acknowledgement."""
    core, acks = socket_world.app.core, Acks()
    screen = SlackResponder(
        core.clients, ValueShortener(core.store, core.clock), notes=HomeNotes(core.clock), acks=acks
    )
    request = Request(
        "T0SANDBOX", ADA, "x", RequestSource.TYPED, "key", channel=DEPLOYS, reply_to="https://slack.test/gone"
    )
    shown = Reply(Message("In a table", [build_table(["job", "runs"], [["lint", "7"]])]))
    async with asyncio.TaskGroup() as tasks:

        def begin() -> None:
            tasks.create_task(screen.show(request, shown))

        assert await acks.commands.wait_for_answer(begin) is None
    await socket_world.reply("In a table")


@each_case(
    ("line", "at_once"),
    [("", True), ("help", True), ("Help!", True), ("? trigger", True), ("status", False), ("please help", False)],
)
def test_a_line_is_answered_at_once_by_its_command(line: str, at_once: bool) -> None:
    assert Registry(COMMANDS).is_at_once(line) is at_once
