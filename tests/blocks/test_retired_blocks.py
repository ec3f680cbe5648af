from __future__ import annotations

from dataclasses import replace

from bot.blocks import kit
from bot.blocks.retired_blocks import format_note, remove_reruns
from bot.circleci.links import Links
from bot.domain import Outcome
from bot.line import format_line
from bot.messages import Message
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NOW, WEB, make_id

FAILED = Outcome("key", "failed", "failed", WEB, make_id(341), 341, "build", make_id(1001), "main", None, NOW)


def test_what_reruns_goes_and_what_shows_stays() -> None:
    show, again = (
        kit.button("Show Log", format_line("logs", "a")),
        kit.button("Rerun from Failed", format_line("rerun", "w", failed=True)),
    )
    message = Message("It failed", [kit.section("It failed"), kit.actions([show, again]), kit.actions([again])])
    assert remove_reruns(message, "It passed.", "another") is message, "it tells of another workflow"
    retired = remove_reruns(message, "It passed.", "w")
    shown = get_text({"blocks": retired.blocks})
    assert "Rerun" not in shown
    assert "Show Log" in shown
    assert "It passed." in shown
    assert [block["type"] for block in retired.blocks] == ["section", "actions", "context"]
    assert remove_reruns(retired, "It passed.", "w") == retired, "said once"


def test_what_reruns_goes_from_behind_the_menu_too() -> None:
    again, compare = ("Rerun from failed", format_line("rerun", "w", failed=True)), ("Compare", "compare w")
    for choices, left in (([again, compare], ["section", "actions", "context"]), ([again], ["section", "context"])):
        message = Message("It failed", [kit.section("It failed"), kit.actions([kit.overflow(choices)])])
        retired = remove_reruns(message, "It passed.", "w")
        assert [block["type"] for block in retired.blocks] == left
        assert "Rerun" not in get_text({"blocks": retired.blocks})


def test_a_message_that_offers_no_rerun_stays_as_it_is() -> None:
    message = Message("It failed", [kit.section("It failed")])
    assert remove_reruns(message, "It passed.", None) is message


def test_the_note_says_what_came_after() -> None:
    passed = replace(FAILED, key="later", kind="passed", status="success")
    assert "passed when it was rerun" in format_note(FAILED, passed, Links())
    assert "failed again when it was rerun" in format_note(FAILED, replace(passed, kind="failed"), Links())
    other = replace(passed, pipeline_id=make_id(350), pipeline_number=350)
    assert "`main` recovered with <" in format_note(FAILED, other, Links())
    assert "|#350>" in format_note(FAILED, other, Links())
