from __future__ import annotations

import pytest

from bot.commands.flaky import COMMAND
from bot.errors import UsageError
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import EVE, World


async def test_flaky_tests_are_ranked_with_where_and_when_and_come_a_page_at_a_time(
    each_connected_world: World,
) -> None:
    await each_connected_world.say("/circle flaky gh/acme/web")
    reply = await each_connected_world.reply("Flaky tests of `acme/web`")
    shown = get_text(reply)
    assert "13 tests" in shown
    assert (
        "1. *test_the_basket_survives_a_reload* `tests/test_basket.py`\n9 times in `test` of `build-and-test`" in shown
    )
    assert "8m 32s wasted" in shown
    assert "/jobs/" in shown
    await each_connected_world.press(reply, "Next Page")
    last = get_text(await each_connected_world.message("11. "))
    assert "once in" in last
    assert "Previous Page" in last


async def test_the_tests_of_a_workflow_that_fail_most_and_take_longest(connected_world: World) -> None:
    await connected_world.say("/circle flaky gh/acme/web")
    await connected_world.press(await connected_world.reply("Flaky tests"), "Show Tests of build-and-test")
    await connected_world.message("Tests of `build-and-test`")
    await connected_world.say("/circle flaky gh/acme/web --workflow build-and-test --branch broken")
    shown = get_text(await connected_world.reply("Tests of `build-and-test`"))
    assert (
        "*Failed most*\n1. *test_total_includes_the_discount* `tests/test_cart.py` in `test` — failed 4 of 4" in shown
    )
    assert "*Slowest*" in shown


async def test_a_project_without_flaky_tests_says_so(connected_world: World) -> None:
    await connected_world.say("/circle flaky gh/acme/api")
    await connected_world.reply("no test is flaky")


async def test_a_hidden_project_is_not_found(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say("/circle flaky gh/acme/secret", as_=EVE)
    assert "wasted" not in get_text(await socket_world.reply(":warning:", as_=EVE))


async def test_a_workflow_that_is_not_there_is_told_with_those_that_are(connected_world: World) -> None:
    await connected_world.say("/circle flaky gh/acme/web --workflow bild-and-test")
    await connected_world.press(await connected_world.reply("no workflow"), "build-and-test")
    await connected_world.message("Tests of `build-and-test`")


def test_a_branch_without_a_workflow_is_refused() -> None:
    with pytest.raises(UsageError, match="all branches"):
        parse_args(COMMAND, "gh/acme/web --branch main")
