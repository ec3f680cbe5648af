"""Finds a command by its name, an alias or its option (`pipeline --config`), and suggests the nearest word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from bot.command import Command, format_line
from bot.dispatch.words import Grammar, parse_usage
from bot.errors import NextStep, UsageError
from bot.language import _
from bot.language.spoken import get_language
from bot.mrkdwn import as_code


def build_commands_step() -> NextStep:
    return NextStep(_("Show All Commands"), format_line("help", all=True))


class Registry:
    """Commands by name, in the order in which people meet them in help."""

    def __init__(self, rows: Iterable[Command[Any]]) -> None:
        self.rows = tuple(rows)
        self._by_word = {word: row for row in self.rows for word in (row.name, *row.aliases)}
        self.words = frozenset(self._by_word)
        """Every first word of a line."""
        self._by_title = {row.title: row for row in self.rows}
        self._grammars: dict[tuple[str, str], Grammar] = {}

    def __iter__(self) -> Iterator[Command[Any]]:
        return iter(self.rows)

    def has(self, word: str) -> bool:
        return _strip_end(word) in self._by_word

    def is_at_once(self, line: str) -> bool:
        """Whether the command that a typed line begins with is answered at once; a line without a word is help."""
        row = self._by_word.get(_strip_end(next(iter(line.split(maxsplit=1)), "help")))
        return row is not None and row.at_once

    def find_nearest(self, word: str) -> str | None:
        """What was meant by a word that is none, as people say it today."""
        near = get_close_matches(_strip_end(word), self._by_word, n=1, cutoff=0.6)
        if not near:
            return None
        row = self._by_word[near[0]]
        return row.title if row.is_option else near[0]

    def get_name(self, word: str) -> str:
        """What a policy's line calls a command, by any of its words; other words stay."""
        row = self._by_word.get(word)
        return row.name if row else word

    def find_option(self, command: Command[Any], word: str) -> Command[Any] | None:
        """The command that is an option of this one: `pipeline config` means `pipeline --config`."""
        return self._by_title.get(f"{command.title} --{word.casefold()}")

    def get(self, word: str, options: Iterable[str] = ()) -> Command[Any]:
        """The command that this word means, with these options. Raises UsageError."""
        row = self._by_word.get(_strip_end(word))
        if row is None:
            raise UsageError(_("I do not know {word}.", word=as_code(word, 50)), build_commands_step())
        titles = (f"{row.name} --{option}" for option in options)
        return next((self._by_title[title] for title in titles if title in self._by_title), row)

    def get_grammar(self, command: Command[Any]) -> Grammar:
        """What may be said with it, and which options are of its siblings (`pipeline`, `pipeline --values`)."""
        key = (command.name, get_language())
        if key not in self._grammars:
            self._grammars[key] = self._build_grammar(command)
        return self._grammars[key]

    def _build_grammar(self, command: Command[Any]) -> Grammar:
        siblings = [row for row in self.rows if row.word == command.word and row is not command]
        elsewhere = {
            option: _(
                "`--{option}` goes with `{its_command}`, not with `{command}`.",
                option=option,
                its_command=row.title,
                command=command.title,
            )
            for row in reversed(siblings)
            for option in parse_usage(row.usage).options
        }
        return replace(parse_usage(command.usage), elsewhere=elsewhere)


def _strip_end(word: str) -> str:
    """`Help!` is help."""
    return word.casefold().rstrip("?!.,;:") or word
