from __future__ import annotations

import pytest

from bot.commands.logs import COMMAND
from bot.errors import UsageError
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import DEPLOYS, World


async def _failed(world: World, branch: str = "broken") -> dict[str, object]:
    await world.connect()
    await world.say(f"/circle trigger gh/acme/web --branch {branch}")
    return await world.card("*failed*")


async def test_the_end_of_the_failing_step_is_shown_and_all_of_it_sent_as_a_file(world: World) -> None:
    await _failed(world)
    await world.say("/circle logs gh/acme/web build-and-test test")
    reply = await world.reply("step `Run tests`")
    shown = get_text(reply)
    assert "(exit code 1)" in shown
    assert "FAILED tests/test_cart.py" in shown
    assert "\x1b" not in shown
    await world.press(reply, "Send me the full log")
    file = await world.file("The log of test", channel="D0ADA")
    log = file["content"].decode()
    assert "tests/test_shop.py::test_case_00 PASSED" in log
    assert "DATABASE_PASSWORD=****" in log
    assert "ghp_" not in log
    assert "wJalr" not in log
    assert "\x1b" not in log
    await world.press(await world.message("I sent it to you", channel=DEPLOYS), "Share it here")
    assert (await world.file("The log of test", channel=DEPLOYS))["content"] == file["content"]


async def test_under_a_red_card_the_full_log_is_for_whoever_presses_until_they_share_it(socket_world: World) -> None:
    told = await socket_world.thread(await _failed(socket_world), "failed test")
    await socket_world.press(told, "Send me the full log")
    await socket_world.press(await socket_world.reply("I sent it to you"), "Share it here")
    await socket_world.file("The log of test")


async def test_a_step_is_named_and_a_node_chosen(socket_world: World) -> None:
    await _failed(socket_world, "parallel")
    await socket_world.say("/circle logs gh/acme/web build-and-test test --step checkout")
    await socket_world.reply("step `Checkout code`")
    await socket_world.say("/circle logs gh/acme/web build-and-test test --node 3")
    assert "short test summary" not in get_text(await socket_world.reply("node 3"))
    await socket_world.say("/circle logs gh/acme/web build-and-test test --step nothing")
    asked = await socket_world.reply("no such step or node")
    await socket_world.press(asked, "Run tests")
    await socket_world.message("step `Run tests`, node 1")


async def test_a_job_that_did_not_run_has_no_log(socket_world: World) -> None:
    await _failed(socket_world)
    await socket_world.say("/circle logs gh/acme/web build-and-test build")
    await socket_world.reply("has not run: there is no log")


async def test_an_output_that_expired_is_told_without_its_address(socket_world: World) -> None:
    await _failed(socket_world)
    await socket_world.control("faults", target="circleci", match="output/", status=403, count=1)
    await socket_world.say("/circle logs gh/acme/web build-and-test test")
    assert "/output/" not in get_text(await socket_world.reply())


@pytest.mark.parametrize("node", ["x", "-1", "99999"])
def test_a_node_is_a_number(node: str) -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, f"gh/acme/web 3 --node={node}")
