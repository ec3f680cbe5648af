"""The command table, found by name, by alias, or nearly so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bot.command import Command, format_line
from bot.dispatch.words import format_suggestion
from bot.errors import NextStep, UsageError
from bot.mrkdwn import as_code


class Registry:
    """Commands by name, in the order in which people meet them in help."""

    def __init__(self, rows: Iterable[Command[Any]]) -> None:
        self._rows = tuple(rows)
        self._by_word = {word: row for row in self._rows for word in (row.name, *row.aliases)}

    def __iter__(self) -> Iterator[Command[Any]]:
        return iter(self._rows)

    def get(self, word: str) -> Command[Any]:
        """The command that this word means. Raises UsageError with the nearest one."""
        if row := self._by_word.get(word.lower()):
            return row
        raise UsageError(
            f"I do not know {as_code(word, 50)}.{format_suggestion(word, self._by_word)}",
            NextStep("Show all commands", format_line("help")),
        )
