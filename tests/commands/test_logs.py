from __future__ import annotations

from typing import Any

import pytest

from bot.commands.logs import COMMAND
from bot.errors import UsageError
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import DEPLOYS, World


async def _failed(world: World, branch: str = "broken") -> dict[str, object]:
    await world.say(f"/circle trigger gh/acme/web --branch {branch}")
    return await world.card("*failed*")


def _count_log_lines(reply: Any) -> int:
    (log,) = [block["text"]["text"] for block in reply["blocks"] if "```" in str(block.get("text"))]
    return len(log.split("\n"))


async def test_the_lines_that_tell_why_are_shown_and_all_of_it_sent_as_a_file(each_connected_world: World) -> None:
    await _failed(each_connected_world)
    await each_connected_world.say("/circle logs gh/acme/web build-and-test test")
    reply = await each_connected_world.reply("step `Run tests`")
    shown = get_text(reply)
    assert "(exit code 1)" in shown
    assert "The lines that tell why:" in shown
    assert "def test_total" in shown or "AssertionError" in shown
    assert 0 < _count_log_lines(reply) <= 12
    assert "PASSED" not in shown
    assert "\x1b" not in shown
    await each_connected_world.press(reply, "Send Me the Full Log")
    file = await each_connected_world.file("The log of test", channel="D0ADA")
    log = file["content"].decode()
    assert "tests/test_shop.py::test_case_00 PASSED" in log
    assert "DATABASE_PASSWORD=****" in log
    assert "ghp_" not in log
    assert "wJalr" not in log
    assert "\x1b" not in log
    await each_connected_world.press(
        await each_connected_world.message("I sent it to you", channel=DEPLOYS), "Share It Here"
    )
    assert (await each_connected_world.file("The log of test", channel=DEPLOYS))["content"] == file["content"]


async def test_under_a_red_card_the_full_log_is_for_whoever_presses_until_they_share_it(connected_world: World) -> None:
    told = await connected_world.thread(await _failed(connected_world), "failed test")
    await connected_world.press(told, "Show Log")
    await connected_world.press(await connected_world.reply("The log of test"), "Send Me the Full Log")
    await connected_world.press(await connected_world.message("I sent it to you"), "Share It Here")
    await connected_world.file("The log of test")


async def test_a_step_is_named_and_a_node_chosen(connected_world: World) -> None:
    await _failed(connected_world, "parallel")
    await connected_world.say("/circle logs gh/acme/web build-and-test test --step checkout")
    assert "The end of the log:" in get_text(await connected_world.reply("step `Checkout code`"))
    await connected_world.say("/circle logs gh/acme/web build-and-test test --node 3")
    assert "short test summary" not in get_text(await connected_world.reply("node 3"))
    await connected_world.say("/circle logs gh/acme/web build-and-test test --step nothing")
    asked = await connected_world.reply("no such step or node")
    await connected_world.press(asked, "Run tests")
    await connected_world.message("step `Run tests`, node 1")


async def test_a_job_that_did_not_run_has_no_log(connected_world: World) -> None:
    await _failed(connected_world)
    await connected_world.say("/circle logs gh/acme/web build-and-test build")
    await connected_world.reply("has not run: there is no log")


async def test_an_output_that_expired_is_told_without_its_address(connected_world: World) -> None:
    await _failed(connected_world)
    await connected_world.control("faults", target="circleci", match="output/", status=403, count=1)
    await connected_world.say("/circle logs gh/acme/web build-and-test test")
    assert "/output/" not in get_text(await connected_world.reply())


@pytest.mark.parametrize("node", ["x", "-1", "99999"])
def test_a_node_is_a_number(node: str) -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, f"gh/acme/web 3 --node={node}")
