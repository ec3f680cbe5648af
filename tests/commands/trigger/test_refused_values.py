from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.trigger import COMMAND
from bot.commands.trigger.refused_values import add_fix_steps
from bot.commands.trigger.trigger_request import TriggerRequest
from bot.errors import NextStep, Rejected
from bot.line import Written
from tests.plugins.command_lines import parse_written

SENT = {"image-tag": 48, "deploy": "true", "note": "x"}


def _again(parameters: dict[str, str], types: dict[str, str]) -> Written:
    return TriggerRequest(project="gh/acme/web", branch="main", parameters=parameters, types=types).to_line()


def steps(said: str, quoted: str = "CircleCI refused: “{said}”") -> list[NextStep]:
    told = add_fix_steps(Rejected(quoted.format(said=said)), SENT, _again)
    return [step for step in told.next_steps if isinstance(step, NextStep)]


def test_another_type_is_offered_and_what_was_right_stays() -> None:
    said = "Type error for argument image-tag: expected type: string, actual value: 48 (type integer)"
    (step,) = steps(said)
    assert step.label == "Trigger with image-tag as string"
    wanted = parse_written(COMMAND, step.line)
    assert wanted.parameters == {"image-tag": "48", "deploy": "true", "note": "x"}
    assert wanted.types == {"image-tag": "string", "deploy": "string", "note": "string"}


def test_several_types_are_offered_together() -> None:
    said = (
        "Type error for argument image-tag: expected type: enum [a, b], actual value: 48 (type integer) "
        'Type error for argument deploy: expected type: boolean, actual value: "true" (type string)'
    )
    (step,) = steps(said)
    assert step.label == "Trigger with image-tag as string, deploy as boolean"


@pytest.mark.parametrize("quoted", ["CircleCI refused: “{said}”", "CircleCI hat abgelehnt: „{said}“"])
def test_what_is_not_expected_can_be_left_out(quoted: str) -> None:
    (step,) = steps("Unexpected argument(s): else, note", quoted)
    assert step.label == "Trigger Without note"
    assert parse_written(COMMAND, step.line).parameters == {"image-tag": "48", "deploy": "true"}


@pytest.mark.parametrize(
    "said",
    [
        "Branch not found",
        "Type error for argument else: expected type: string, actual value: 48 (type integer)",
        'Type error for argument note: expected type: string, actual value: "x" (type string)',
        "Unexpected argument(s): else",
    ],
)
def test_other_words_offer_nothing(said: str) -> None:
    assert steps(said) == []


@given(st.text())
def test_no_words_break_it_and_all_are_shown(said: str) -> None:
    error = Rejected(said, "Ask an admin.", status=403, request_id="r")
    told = add_fix_steps(error, SENT, _again, "Values went as typed.")
    assert (told.message, told.next_steps[-2:]) == (said, ("Ask an admin.", "Values went as typed."))
    assert (told.status, told.request_id) == (403, "r")
