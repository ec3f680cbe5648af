"""A word that was meant as another: the same line with the other word, as a button."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeVar

from bot.command import ParsedLine
from bot.dispatch.next_steps import build_meant_steps
from bot.dispatch.parsed_call import ParsedCommand
from bot.errors import BotError

E = TypeVar("E", bound=BotError)


def add_meant_step(error: E, call: ParsedCommand) -> E:
    """The error itself with a button that says the line as it was meant, before all others."""
    if error.misread is None:
        return error
    meant = _replace_word(call.line, *error.misread)
    if meant != call.line:
        line = replace(call, line=meant).written
        error.next_steps = (*build_meant_steps(call.command, line, line), *error.next_steps)
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
