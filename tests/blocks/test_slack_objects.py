from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator
from types import FrameType

import pytest
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks.basic_components import ConfirmObject, MarkdownTextObject, Option, PlainTextObject

from bot.blocks import kit
from bot.blocks.slack_objects import draw
from bot.line import Written
from tests.plugins.each_case import each_case


@each_case(
    "option",
    [
        Option(value="1", text="Rerun"),
        Option(value="1", label="Rerun"),
        Option(value="1", text=MarkdownTextObject(text="*Rerun*", verbatim=True)),
        Option(value="1", text=PlainTextObject(text="Rerun", emoji=False), description="all of it"),
        Option(value="1", text="Open", description=PlainTextObject(text="a page"), url="https://circleci.example"),
    ],
)
def test_an_option_of_a_menu_is_drawn_as_slacks_library_says_it(option: Option) -> None:
    assert draw(option) == option.to_dict()


@each_case(
    "confirm",
    [
        ConfirmObject(title="Sure?", text="It *goes*"),
        ConfirmObject(title="Sure?", text=PlainTextObject(text="It goes"), confirm="Go", deny="Stay", style="danger"),
        kit.confirm("Cancel #7", "Its jobs stop", "Cancel It", danger=True, no="Keep It"),
    ],
)
def test_a_question_before_a_press_is_drawn_as_slacks_library_says_it(confirm: ConfirmObject) -> None:
    assert draw(confirm) == confirm.to_dict()


def test_what_messages_are_made_of_is_drawn_past_the_slow_checks_of_slacks_library() -> None:
    """They look for an object's checks among all of its attributes, each time."""
    asked = kit.confirm("Cancel #7", "Its jobs stop", "Cancel It")
    row = [kit.button("Cancel", Written("cancel 7"), confirm=asked), kit.menu("More", [kit.option("Why", "why 7")])]
    with count_calls("validate_json", "to_dict") as seen:
        kit.actions(row)
        kit.section("It *failed*", kit.overflow([("Why", Written("why 7")), ("Jobs", Written("jobs 7"))]))
        kit.context("by ada")
        kit.header("Now")
        kit.divider()
    assert seen == {}


@contextlib.contextmanager
def count_calls(*names: str) -> Iterator[Counter[str]]:
    """Of functions with these names, while inside."""
    seen: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _given: object) -> None:
        if event == "call" and frame.f_code.co_name in names:
            seen[frame.f_code.co_qualname] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield seen
    finally:
        sys.setprofile(before)


def test_an_option_that_slack_would_refuse_is_refused() -> None:
    with pytest.raises(SlackObjectFormationError):
        draw(Option(value="1", text="x" * 76))
