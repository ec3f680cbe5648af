"""The command table, found by name, by alias, or nearly so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bot.command import Command, line
from bot.dispatch.words import did_you_mean
from bot.errors import Step, UsageError
from bot.mrkdwn import code


class Registry:
    """Commands by name, in the order in which people meet them in help."""

    def __init__(self, rows: Iterable[Command[Any]]) -> None:
        self._rows = tuple(rows)
        self._by_word = {word: row for row in self._rows for word in (row.name, *row.aliases)}

    def __iter__(self) -> Iterator[Command[Any]]:
        return iter(self._rows)

    def find(self, word: str) -> Command[Any]:
        """The command that this word means. Raises UsageError with the nearest one."""
        if row := self._by_word.get(word.lower()):
            return row
        raise UsageError(
            f"I do not know {code(word, 50)}.{did_you_mean(word, self._by_word)}",
            Step("Show all commands", line("help")),
        )
