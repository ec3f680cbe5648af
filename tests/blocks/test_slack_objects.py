from __future__ import annotations

import pytest
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks.basic_components import MarkdownTextObject, Option, PlainTextObject

from bot.blocks.slack_objects import draw
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


def test_an_option_that_slack_would_refuse_is_refused() -> None:
    with pytest.raises(SlackObjectFormationError):
        draw(Option(value="1", text="x" * 76))
