"""Whoever makes two mistakes hears of both, and need not ask twice."""

from __future__ import annotations

import pytest

from bot.blocks import error_blocks
from bot.command import Command, Modal, Request, RequestSource
from bot.commands import quiet, schedules, subscribe
from bot.errors import UsageError
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args


@pytest.mark.parametrize(
    ("command", "line", "told"),
    [
        (quiet.COMMAND, "25:00-8 --zone Nowhere", ["is not a time of day", "I do not know the time zone"]),
        (schedules.COMMAND, "add gh/acme/web nightly --on FOO --at 99", ["A day is `MON`", "An hour is `0`"]),
        (
            schedules.COMMAND,
            "add gh/acme/web --on FOO --as eve",
            ["also needs its name and its hours", "runs as `me`", "A day is `MON`"],
        ),
        (subscribe.COMMAND, "gh/acme/web --only fialed --every much", ["Did you mean `failed`", "--every"]),
    ],
)
def test_each_mistake_of_a_line_is_in_the_answer(command: Command[object], line: str, told: list[str]) -> None:
    with pytest.raises(UsageError) as refused:
        parse_args(command, line)
    shown = get_text(error_blocks.render_blocks(refused.value))
    assert [one for one in told if one not in shown] == []


def test_in_a_form_each_stands_at_its_field() -> None:
    first, second = UsageError("No number."), UsageError("No word.")
    first.field, second.field = "a@", "b@"
    first.others = [second]
    form = Modal("Trigger", [{"type": "input", "block_id": name} for name in ("a@1", "b@1")], submit="Trigger")
    request = Request("T", "U", "trigger", RequestSource.FORM, "k", form=form)
    assert error_blocks.render_reply(first, request).errors == {"a@1": "No number.", "b@1": "No word."}
