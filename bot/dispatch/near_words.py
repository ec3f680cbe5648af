"""What was meant as another: the same line with what was meant, as a button, and as the example."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, product
from typing import TypeVar

from bot.command import ParsedLine
from bot.dispatch.next_steps import build_meant_steps
from bot.dispatch.parsed_call import ParsedCommand
from bot.errors import BotError, NextStep, WrongParameter
from bot.line import Written
from bot.mrkdwn import cut

E = TypeVar("E", bound=BotError)

_MOST_WAYS = 5
"""Buttons for the ways in which a line may have been meant; of more a form is the better list."""
_Way = tuple[str, str]
"""What is put in the place of what was said: a word, or a parameter and its value."""


def add_meant_step(error: E, call: ParsedCommand) -> E:
    """The error itself, first with a button that says the line as it was meant, or one for each way."""
    mistakes: list[BotError] = [error, *error.others]
    ways = list(islice(product(*map(_list_ways, mistakes)), _MOST_WAYS + 1))
    lines = [(way, _mend(call, mistakes, way)) for way in ways]
    written = [(way, line) for way, line in lines if line != call.written]
    if len(written) == 1:
        error.next_steps = (*build_meant_steps(call.command, written[0][1], written[0][1]), *error.next_steps)
    elif 1 < len(written) <= _MOST_WAYS:
        steps = (NextStep(_format_label(mistakes, way), line) for way, line in written)
        error.next_steps = (*steps, *error.next_steps)
    elif error.otherwise:
        error.next_steps = (*error.next_steps, error.otherwise)
    return error


def build_example(error: BotError, call: ParsedCommand) -> Written | None:
    """The line as it could be said, made of what was said; None where that is not known of all that is wrong."""
    mistakes: list[BotError] = [error, *error.others]
    ways = [(_list_ways(one) or _list_examples(one))[:1] for one in mistakes]
    return _mend(call, mistakes, [way for (way,) in ways]) if all(ways) else None


def _list_ways(error: BotError) -> Sequence[_Way]:
    if isinstance(error, WrongParameter):
        return error.instead
    said, *meant = error.misread or ("",)
    return [(said, word) for word in meant]


def _list_examples(error: BotError) -> Sequence[_Way]:
    return [error.example] if isinstance(error, WrongParameter) and error.example else []


def _format_label(mistakes: Sequence[BotError], ways: Sequence[_Way]) -> str:
    said = [
        "=".join(way) if isinstance(error, WrongParameter) else way[1]
        for error, way in zip(mistakes, ways, strict=True)
    ]
    return cut(", ".join(said), 75)


def _mend(call: ParsedCommand, mistakes: Sequence[BotError], ways: Sequence[_Way]) -> Written:
    line = call.line
    for error, way in zip(mistakes, ways, strict=True):
        line = _replace_pair(line, error.name, *way) if isinstance(error, WrongParameter) else _replace_word(line, *way)
    return replace(call, line=line).written


def _replace_pair(line: ParsedLine, said: str, name: str, value: str) -> ParsedLine:
    """In its place; at the end where it came from elsewhere, as from a preset."""
    pairs = {name if one == said else one: value if one == said else text for one, text in line.pairs.items()}
    return replace(line, pairs={**pairs, name: value})


def _replace_word(line: ParsedLine, said: str, meant: str) -> ParsedLine:
    """Wherever it stands alone: as a word, as one of an option's values, as a parameter or its value."""
    alone = re.compile(rf'(?<![^\s,"]){re.escape(said)}(?![^\s,"])', re.IGNORECASE)

    def mend(text: str) -> str:
        return alone.sub(lambda _found: meant, text)

    return replace(
        line,
        words=tuple(map(mend, line.words)),
        options={name: tuple(map(mend, values)) for name, values in line.options.items()},
        pairs={mend(name): mend(value) for name, value in line.pairs.items()},
    )
