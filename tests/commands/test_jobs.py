from __future__ import annotations

import pytest

from bot.commands.jobs import COMMAND
from bot.errors import UsageError
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.voting import decline
from tests.plugins.world import Json, World


async def test_jobs_are_listed_with_what_applies_and_a_failed_one_runs_again(each_connected_world: World) -> None:
    await each_connected_world.say("/circle trigger gh/acme/web --branch flaky")
    await each_connected_world.card("*failed*")
    await each_connected_world.say("/circle jobs gh/acme/web")
    reply = await each_connected_world.reply("3 jobs: ")
    first, second, *_ = _rows(reply)
    assert "|test> — failed · 7s · job " in first
    assert "|lint> — success · 3s · job " in second
    assert "started by <@U0ADA>" in get_text(reply)
    await each_connected_world.press(reply, "Show Only Failed")
    failed = await each_connected_world.message("Show All 3 Jobs")
    assert len(_rows(failed)) == 1
    await each_connected_world.pick(failed, "Rerun job")
    await each_connected_world.card("*success*")


async def test_a_hold_is_approved_from_its_row_and_then_says_by_whom(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    await connected_world.card("Approve staging")
    await connected_world.say("/circle jobs gh/acme/web --status on-hold")
    held = await connected_world.reply("approve-staging — on hold")
    assert len(_rows(held)) == 2
    await connected_world.press(held, "Approve staging")
    await connected_world.card("<@U0ADA> approved `approve-staging`")
    await connected_world.say("/circle jobs gh/acme/web")
    approved = await connected_world.reply("approve-staging — success")
    assert "approved by <@U0ADA>" in get_text(approved)
    assert "#" not in next(row for row in _rows(approved) if "approve-production" in row)
    await decline(connected_world, approved)
    await connected_world.card("<@U0ADA> declined `approve-production`")


async def test_an_old_workflow_says_that_its_jobs_are_gone(connected_world: World) -> None:
    await connected_world.say("/circle jobs gh/acme/web 1 build-and-test")
    await connected_world.reply("no longer shows the jobs of this workflow")


async def test_of_several_workflows_one_is_chosen_and_the_filter_stays(connected_world: World) -> None:
    await connected_world.say("/circle jobs gh/acme/web 28 --failed")
    asked = await connected_world.reply("has several workflows. Which one?")
    await connected_world.press(asked, "build-and-test (success)")
    await connected_world.message("None of them is like that")


@pytest.mark.parametrize(("typed", "status"), [("cancelled", "canceled"), ("'On hold'", "on_hold"), ("odd", "odd")])
def test_a_status_is_taken_as_people_write_it(typed: str, status: str) -> None:
    assert parse_args(COMMAND, f"--status {typed}").status == status


@pytest.mark.parametrize("text", ["--failed --status running", "--status ''"])
def test_what_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, text)


def _rows(message: Json) -> list[str]:
    sections = [get_text(block["text"]) for block in message["blocks"] if block["type"] == "section"]
    return [text for text in sections if " — " in text][1:]
