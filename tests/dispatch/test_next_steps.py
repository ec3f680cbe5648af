"""Whatever goes wrong, there is one thing to do: a button, or a person to ask."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from bot import errors
from bot.blocks import error_blocks
from bot.command import format_line
from bot.commands import COMMANDS
from bot.dispatch.next_steps import add_next_step
from bot.errors import BotError, NextStep, NotAllowed, NotConnected, RateLimited, Unavailable, Unconfirmed, UsageError
from tests import house
from tests.plugins.block_reader import get_buttons, get_text
from tests.plugins.each_case import each_case

RERUN = next(one for one in COMMANDS if one.name == "rerun")
LINE = format_line("rerun", "gh/acme/web")
KINDS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, BotError) and kind is not Unconfirmed  # It is a question.
}


def _make(kind: type[BotError], message: str = "It did not work.", *steps: str | NextStep) -> BotError:
    if kind is RateLimited:
        return RateLimited(message, *steps, retry_after_s=1.0)
    return kind(message) if kind is Unavailable else kind(message, *steps)


@each_case("kind", KINDS.values(), ids=list(KINDS))
def test_every_kind_of_error_has_a_button_or_a_person_to_ask(kind: type[BotError]) -> None:
    error = add_next_step(_make(kind), RERUN, LINE)
    buttons = get_buttons({"blocks": error_blocks.render_blocks(error)})
    assert len(buttons) == (0 if kind is NotAllowed else 1)


@each_case("kind", KINDS.values(), ids=list(KINDS))
def test_what_an_error_offers_itself_goes_before_help(kind: type[BotError]) -> None:
    error = add_next_step(_make(kind, "It did not work.", NextStep("Show It", format_line("status"))), RERUN, LINE)
    if kind is not Unavailable:
        assert get_buttons({"blocks": error_blocks.render_blocks(error)}) == ["Show It"]


@pytest.mark.parametrize(
    ("error", "label"),
    [
        (Unavailable("CircleCI could not be reached."), "Try Again"),
        (Unavailable("CircleCI could not be reached.", unknown=True), "Show Recent Pipelines"),
        (RateLimited("CircleCI asks us to wait.", retry_after_s=3), "Try Again"),
        (UsageError("That is not a number."), "Show Help"),
        (NotConnected("You have not connected your CircleCI account yet."), "Connect CircleCI"),
    ],
)
def test_what_may_have_happened_is_not_offered_once_more(error: BotError, label: str) -> None:
    shown = error_blocks.render_blocks(add_next_step(error, RERUN, LINE))
    assert get_buttons({"blocks": shown}) == [label]


@pytest.mark.parametrize(("message", "sign"), [("Which project?", ""), ("*Which one?*", ""), ("No.", ":warning: ")])
def test_a_question_carries_no_warning_sign_and_no_example(message: str, sign: str) -> None:
    error = add_next_step(UsageError(message), RERUN, LINE)
    shown = get_text({"blocks": error_blocks.render_blocks(error)})
    assert shown.startswith(f"{sign}{message}")
    assert ("Example:" in shown) is bool(sign)


@cache
def _list_errors() -> tuple[tuple[str, ast.Call], ...]:
    return tuple(
        (f"{Path(path).name}:{node.lineno}", node)
        for path, tree in house.parse_modules("bot").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS
    )


def _read(node: ast.expr) -> str:
    """What is written of a message; what is put in, as a word."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
    return ""


LONGER = {
    "__init__.py": "a token that was typed is revoked, which has to be said at once",
    "variable_names.py": "a secret that was typed is replaced, which has to be said at once",
    "rights.py": "why to connect, and that what was asked is done then",
}
"""Where an error says more than a sentence and its reason, and why."""


def test_an_error_is_a_sentence_and_its_reason() -> None:
    long = [
        f"{where} {said}"
        for where, node in _list_errors()
        if node.args and (said := _read(node.args[0])) and where.split(":")[0] not in LONGER
        if len(said) > 170 or said.count(". ") > 1
    ]
    assert long == []


def test_who_may_not_is_told_whom_to_ask() -> None:
    alone = [where for where, node in _list_errors() if getattr(node.func, "id", "") == "NotAllowed"
             if len(node.args) < 2]  # fmt: skip
    assert alone == []


def test_who_is_not_connected_is_led_there_by_the_dispatcher() -> None:
    error = add_next_step(NotConnected("No token.", NextStep("Connect CircleCI", format_line("connect"))), RERUN, LINE)
    assert get_buttons({"blocks": error_blocks.render_blocks(error)}) == ["Connect CircleCI"]
