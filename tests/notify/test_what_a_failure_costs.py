"""What a failing pipeline costs a channel, from trigger to end: messages, lines, and calls of Slack and CircleCI."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from tests.plugins.block_reader import get_text
from tests.plugins.slack_users import DEPLOYS, Json
from tests.plugins.stepped_world import SteppedWorld, run_stepped_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[SteppedWorld]:
    async with run_stepped_world(tmp_path) as one:
        await one.connect()
        yield one


async def _subscribe(world: SteppedWorld, rule: str = "--branch broken") -> None:
    await world.say(f"/circle subscribe gh/acme/web {rule}")
    await world.reply("You own rule")
    await world.run_until_idle()


async def _trigger(world: SteppedWorld, branch: str) -> None:
    """As a channel sees it: from the line that somebody types, looked at again every five seconds, to its end."""

    async def look() -> bool | None:
        return any(call["method"] == "POST" for call in await world.list_requests("/project/gh/acme/web")) or None

    await world.say(f"/circle trigger gh/acme/web --branch {branch}")
    await world.wait_until(look, "the pipeline to be triggered")
    await world.drain_tasks()
    for _ in range(12):
        await world.advance(5)
    await world.run_until_idle()


async def _list_calls(world: SteppedWorld) -> list[str]:
    """What Slack was asked, but for the answers by which a socket says that it has heard."""
    return [call["method"] for call in (await world.fetch_state("slack.calls"))["slack"]["calls"]]


def _split(messages: Sequence[Json]) -> tuple[list[str], list[str]]:
    """What stands in the channel, broadcasts included, and what stands in a thread alone; notifications' words."""
    replies = [one for one in messages if one.get("thread_ts") not in {None, one["ts"]}]
    threaded = [one["text"] for one in replies if not one.get("reply_broadcast")]
    return [one["text"] for one in messages if one["text"] not in threaded], threaded


async def test_a_failure_costs_a_channel_two_lines_and_slack_four_calls(world: SteppedWorld) -> None:
    await _subscribe(world)
    known = {one["ts"] for one in await world.list_messages(DEPLOYS)}
    called, asked = len(await _list_calls(world)), len(await world.list_requests(""))
    await _trigger(world, "broken")
    in_channel, in_thread = _split([one for one in await world.list_messages(DEPLOYS) if one["ts"] not in known])
    assert len(in_channel) == 2
    assert in_channel[0] == "acme/web #1 on broken: failed"
    assert in_channel[1].count("\n") == 0
    assert "`test_total_includes_the_discount`, `test_an_empty_basket_is_refused` · cc <@U0ADA>" in in_channel[1]
    assert in_thread == ["Why build-and-test of acme/web #1 on `broken` failed"]
    assert Counter((await _list_calls(world))[called:]) == {"chat.postMessage": 3, "chat.update": 1}
    paths = [call["path"] for call in (await world.list_requests(""))[asked:]]
    explaining = ("/api/v1.1/", "/output/", "/job/", "/tests", "/envvar", "/insights/")
    assert len([path for path in paths if any(part in path for part in explaining)]) == 8
    assert len(paths) <= 36, "waits between looks are a little random"


async def test_the_line_in_the_channel_says_nothing_that_its_card_says(world: SteppedWorld) -> None:
    await _subscribe(world, "--branch broken --mention author")
    await _trigger(world, "broken")
    (line,) = [one for one in await world.list_messages(DEPLOYS) if one.get("reply_broadcast")]
    assert "acme/web #1 on `broken`" in line["text"], "a notification shows nothing else"
    (drawn,) = line["blocks"]
    _, _, told = drawn["text"]["text"].partition("|build-and-test>* ")
    assert told.startswith("failed (broke just now): `test_total_includes_the_discount`, ")
    assert told.endswith("`test_an_empty_basket_is_refused` · cc <@U0ADA>")


async def test_where_it_passes_the_end_is_said_once_with_the_mention(world: SteppedWorld) -> None:
    await _subscribe(world, "--branch main --only all")
    known = {one["ts"] for one in await world.list_messages(DEPLOYS)}
    await _trigger(world, "main")
    in_channel, in_thread = _split([one for one in await world.list_messages(DEPLOYS) if one["ts"] not in known])
    assert not [text for text in in_channel + in_thread if "started" in text.casefold()]
    assert sum("<@U0ADA>" in text for text in in_channel + in_thread) == 1


async def test_two_holds_cost_a_channel_the_card_and_one_notice_without_a_primary_button(world: SteppedWorld) -> None:
    await _subscribe(world, "--branch release --mention author")
    known = {one["ts"] for one in await world.list_messages(DEPLOYS)}
    called = len(await _list_calls(world))
    await _trigger(world, "release")
    told = [one for one in await world.list_messages(DEPLOYS) if one["ts"] not in known]
    in_channel, in_thread = _split(told)
    assert (len(in_channel), in_thread) == (2, [])
    assert in_channel[1].count("waits for approval") == 2
    assert in_channel[1].count("<@U0ADA>") == 1
    assert Counter((await _list_calls(world))[called:]) == {"chat.postMessage": 2, "chat.update": 1}
    rows = [block["elements"] for block in told[1]["blocks"] if block["type"] == "actions"]
    assert [one["text"]["text"] for row in rows for one in row if one["text"]["text"].startswith("Approve")] == [
        "Approve staging",
        "Approve production",
    ]
    assert not any(one.get("style") for row in rows for one in row)


async def test_fifty_workflows_that_start_are_one_card(world: SteppedWorld) -> None:
    await _subscribe(world, "--only started")
    known = {one["ts"] for one in await world.list_messages(DEPLOYS)}
    workflows = [{"name": f"w{number}", "jobs": [{"name": "job", "duration_s": 500}]} for number in range(50)]
    await world.control("push", project="gh/acme/web", branch="mono", story={"workflows": workflows})
    for _ in range(4):
        await world.advance(5)
    told = [one for one in await world.list_messages(DEPLOYS) if one["ts"] not in known and not one.get("ephemeral")]
    assert len(told) == 1
    assert "mono" in get_text(told[0])


async def test_where_the_card_is_new_the_thread_tells_it_all_in_one_message(world: SteppedWorld) -> None:
    await _subscribe(world)
    known = {one["ts"] for one in await world.list_messages(DEPLOYS)}
    await world.control("push", project="gh/acme/web", branch="broken")
    await world.run_until_idle()
    in_channel, in_thread = _split([one for one in await world.list_messages(DEPLOYS) if one["ts"] not in known])
    assert (len(in_channel), len(in_thread)) == (1, 1)


async def test_that_a_branch_recovered_changes_each_red_card_and_its_notice_once(world: SteppedWorld) -> None:
    await _subscribe(world, "--branch main")
    for _ in range(2):
        await world.control("push", project="gh/acme/web", branch="main", like="broken")
        await world.run_until_idle()
    called = len(await _list_calls(world))
    await world.control("push", project="gh/acme/web", branch="main")
    await world.run_until_idle()
    assert Counter((await _list_calls(world))[called:]) == {"chat.postMessage": 2, "chat.update": 4}
