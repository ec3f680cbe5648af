from __future__ import annotations

from dataclasses import replace

from bot.blocks.error_blocks import render_blocks, render_reply
from bot.command import Modal, Request, RequestSource, format_line
from bot.errors import NextStep, TargetError
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text


def _asked(count: int) -> TargetError:
    workflow = "00000000-0000-4000-8000-000000001001"
    return TargetError(
        "Which one?",
        *(NextStep(f"Approve {number}", format_line("approve", workflow, str(number))) for number in range(count)),
    )


def test_a_few_next_steps_are_buttons_and_many_a_menu_that_leaves_none_out(valid_blocks: Check) -> None:
    for count in (2, 8, 30):
        drawn = render_blocks(_asked(count))
        valid_blocks(drawn)
        assert all(f"Approve {number}" in get_text(drawn) for number in range(count))
    assert [element["type"] for element in render_blocks(_asked(30))[-1]["elements"]] == ["static_select"]


def test_a_window_that_asks_does_not_say_that_it_did_not_work() -> None:
    titles = [
        reply.view.title
        for error in (_asked(2), TargetError("It is over."))
        if (reply := render_reply(error, replace(_REQUEST, view_id="V1"))).view
    ]
    assert titles == ["One question", "That did not work"]


def test_more_than_a_menu_holds_are_counted(valid_blocks: Check) -> None:
    drawn = render_blocks(_asked(200))
    valid_blocks(drawn)
    held = len(drawn[-1]["elements"][0]["options"])
    assert f"…and {200 - held} more: name one." in get_text(drawn)


def test_connecting_stands_out(valid_blocks: Check) -> None:
    drawn = render_blocks(TargetError("I do not know you yet.", NextStep("Connect CircleCI", format_line("connect"))))
    valid_blocks(drawn)
    assert drawn[-1]["elements"][0]["style"] == "primary"


def test_an_error_is_shown_under_the_input_that_it_is_about_in_place_of_the_one_before() -> None:
    inputs = [{"type": "input", "block_id": name, "element": {}} for name in ("project", "branch@b1", "branch@p2")]
    form = Modal("Trigger", (), submit="Trigger", original_blocks=inputs)
    for field, at in (("branch@b", 2), ("branch@", 3), ("", 0), ("gone", 0)):
        error = TargetError("Wrong.", "Mend it.")
        error.field = field
        reply = render_reply(error, replace(_REQUEST, form=form))
        assert reply.view
        form = reply.view
        shown = [str(block["block_id"]) for block in (*form.blocks, *form.original_blocks)]
        assert shown.index("problem:0") == at
        assert [one for one in shown if not one.startswith("problem:")] == ["project", "branch@b1", "branch@p2"]


_REQUEST = Request("T", "U", "trigger", RequestSource.FORM, "k")
