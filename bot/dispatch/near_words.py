"""A word that was meant as another: the same line with the other word, as a button."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeVar

from bot.command import ParsedLine
from bot.dispatch.next_steps import build_meant_steps
from bot.dispatch.parsed_call import ParsedCommand
from bot.errors import BotError, NextStep

E = TypeVar("E", bound=BotError)


def add_meant_step(error: E, call: ParsedCommand) -> E:
    """The error itself, first with a button that says the line as it was meant, or one for each way."""
    said, *meant = error.misread or ("",)
    lines = [_replace_word(call.line, said, word) for word in meant]
    written = [replace(call, line=line).written for line in lines if line != call.line]
    if len(written) == 1:
        error.next_steps = (*build_meant_steps(call.command, written[0], written[0]), *error.next_steps)
    elif written:
        choices = [NextStep(word, line) for word, line in zip(meant, written, strict=True)]
        error.next_steps = (*choices, *error.next_steps)
    return error


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
