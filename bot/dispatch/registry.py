"""Finds a command by its name, an alias or its option (`pipeline --config`), and suggests the nearest word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from bot.command import Command, format_line
from bot.dispatch.words import Grammar, parse_usage
from bot.errors import NextStep, UsageError
from bot.mrkdwn import as_code


class Registry:
    """Commands by name, in the order in which people meet them in help."""

    def __init__(self, rows: Iterable[Command[Any]]) -> None:
        self._rows = tuple(rows)
        self._by_word = {word: row for row in self._rows for word in (row.name, *row.aliases)}
        self._by_title = {row.title: row for row in self._rows}

    def __iter__(self) -> Iterator[Command[Any]]:
        return iter(self._rows)

    def get(self, word: str, options: Iterable[str] = ()) -> Command[Any]:
        """The command that this word means, with these options. Raises UsageError with the nearest one."""
        row = self._by_word.get(word.lower())
        if row is None:
            raise UsageError(
                f"I do not know {as_code(word, 50)}.{self._format_suggestion(word)}",
                NextStep("Show All Commands", format_line("help", all=True)),
            )
        titles = (f"{row.name} --{option}" for option in options)
        return next((self._by_title[title] for title in titles if title in self._by_title), row)

    def get_grammar(self, command: Command[Any]) -> Grammar:
        """What may be said with it, and which options are of its siblings (`pipeline`, `pipeline --values`)."""
        siblings = [row for row in self._rows if row.word == command.word and row is not command]
        elsewhere = {
            option: f"`--{option}` goes with `{row.title}`, not with `{command.title}`."
            for row in reversed(siblings)
            for option in parse_usage(row.usage).options
        }
        return replace(parse_usage(command.usage), elsewhere=elsewhere)

    def _format_suggestion(self, word: str) -> str:
        near = get_close_matches(word.lower(), self._by_word, n=1, cutoff=0.6)
        if not near:
            return ""
        row = self._by_word[near[0]]
        return f" Did you mean `{row.title if row.is_option else near[0]}`?"
