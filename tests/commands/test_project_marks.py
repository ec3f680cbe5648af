"""Projects that admins mark: what their builds print is in no channel, or nowhere, whatever is asked or told."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.commands.project import COMMAND
from bot.domain import ProjectScope
from bot.domain.project_marks import Mark, ProjectMark, ProjectMarks
from bot.errors import UsageError
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.every_answer import ask_everything
from tests.plugins.factories import WEB
from tests.plugins.world import ADA, DEPLOYS, GRACE, Json, World

PRINTED = ("AssertionError", "test_total_includes_the_discount", "test_an_empty_basket", "def test_total")
"""Lines of the log, and names of test results, of pipelines like `broken`."""

SHARED = ("logs", "logs --full", "tests", "why", "artifacts --send", "pipeline --timeline", "status", "job")


async def _mark(world: World, mark: str, project: str = "gh/acme/web") -> None:
    await world.say(f"/circle project {project} --mark {mark}")
    await world.reply(f"is marked `{mark}`")


async def _fail(world: World) -> Json:
    await world.say("/circle subscribe gh/acme/web --branch broken --to message")
    await world.reply("You own rule")
    await world.say("/circle trigger gh/acme/web --branch broken")
    card = await world.card("*failed*")
    await world.thread(card, "failed")
    return card


async def _list_received(world: World) -> str:
    """All that a colleague reads in the channel, in its threads too, and its files."""
    messages = await world.list_messages(as_=GRACE)
    return json.dumps([message for message in messages if not message.get("ephemeral_id")])


async def test_without_a_mark_the_channel_reads_why(connected_world: World) -> None:
    await _fail(connected_world)
    received = await _list_received(connected_world)
    assert [one for one in PRINTED if one in received]


async def test_no_logs_in_channels_and_all_of_it_for_who_asks(connected_world: World) -> None:
    await _mark(connected_world, "no-logs")
    await _fail(connected_world)
    await connected_world.say("/circle tests gh/acme/web build-and-test test")
    assert "test_total_includes_the_discount" in get_text(await connected_world.reply("failed"))
    for line in SHARED:
        await connected_world.say(f"/circle {line} gh/acme/web build-and-test --here")
    await connected_world.reply("is shown to whoever asks alone")
    received = await _list_received(connected_world)
    assert not [one for one in PRINTED if one in received]


@pytest.mark.parametrize(
    ("channel", "of_no_logs", "of_no_log_tails"), [(DEPLOYS, True, True), ("D0ADA", False, True), (None, False, True)]
)
def test_where_no_logs_hides_what_is_printed_no_log_tails_hides_it_too(
    channel: str | None, of_no_logs: bool, of_no_log_tails: bool
) -> None:
    def is_hidden(mark: Mark) -> bool:
        marked = ProjectMark("T0SANDBOX", ProjectScope.parse("gh/acme"), mark, ADA, datetime.now(UTC))
        return ProjectMarks([marked]).is_output_hidden(WEB, channel)

    assert (is_hidden(Mark.NO_LOGS), is_hidden(Mark.NO_LOG_TAILS)) == (of_no_logs, of_no_log_tails)


async def test_nothing_printed_is_in_what_a_channel_receives_of_any_command(connected_world: World) -> None:
    await _mark(connected_world, "no-logs", "gh/acme")
    await ask_everything(connected_world)
    received = await _list_received(connected_world)
    assert "failed" in received
    assert not [one for one in PRINTED if one in received]


async def test_no_log_tails_are_nowhere(connected_world: World) -> None:
    await _mark(connected_world, "no-log-tails")
    await _fail(connected_world)
    for line in ("logs", "tests", "artifacts"):
        await connected_world.say(f"/circle {line} gh/acme/web build-and-test test")
        await connected_world.reply("what its builds print is not shown in Slack")
    await connected_world.say("/circle why gh/acme/web broken")
    await connected_world.reply("failed")
    calls = json.dumps((await connected_world.fetch_state("slack.calls"))["slack"]["calls"])
    assert not [one for one in PRINTED if one in calls]


async def test_a_card_that_stands_follows(connected_world: World) -> None:
    card = await _fail(connected_world)
    assert "test_total_includes_the_discount" in get_text(await connected_world.card("test_total"))
    await _mark(connected_world, "no-logs")

    async def is_gone() -> bool | None:
        shown = [one for one in await connected_world.list_messages() if one["ts"] == card["ts"]]
        return "test_total" not in get_text(shown[0]) or None

    await connected_world.wait_until(is_gone, "the card without its reason")


async def test_only_admins_mark_and_the_project_says_it(connected_world: World) -> None:
    await connected_world.connect(as_=GRACE)
    await connected_world.say("/circle project gh/acme/web --mark no-logs", as_=GRACE)
    await connected_world.reply("Only a circlebot admin may mark a project.", as_=GRACE)
    await _mark(connected_world, "no-logs")
    await connected_world.say("/circle project gh/acme/web")
    await connected_world.reply("`no-logs` — logs, test results and artifacts go to whoever asks")
    await connected_world.say("/circle project gh/acme/web --unmark no-logs")
    await connected_world.reply("is no longer marked `no-logs`")
    async with connected_world.app.core.store.begin_read() as tx:
        assert await tx.project_marks.list_for_workspace("T0SANDBOX") == []
        recorded = [one.record for one in await tx.audit.list_chain("T0SANDBOX")]
    assert [(one.user, one.act) for one in recorded if one.what == "gh/acme/web no-logs"] == [
        (ADA, "project --mark"),
        (ADA, "project --unmark"),
    ]


@pytest.mark.parametrize("text", ["acme/web --mark secret", "acme/web --mark no-logs --unmark no-logs"])
def test_what_is_no_mark_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, text)
