"""A line that was understood, typed or written by us: its command, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from bot.blocks import error_blocks
from bot.circleci.links import Link
from bot.command import Command, ParsedLine, Request
from bot.dispatch.registry import Registry
from bot.dispatch.undecorate import strip_decoration
from bot.dispatch.words import (
    find_typed_options,
    find_written_options,
    parse_usage,
    split_words,
    split_written,
    strip_placeholders,
)
from bot.errors import UsageError
from bot.line import END, Written


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """A line that was understood."""

    command: Command[Any]
    line: ParsedLine

    @property
    def written(self) -> Written:
        """The line that says it again, in today's words."""
        word, *flags = self.command.title.split()
        options = {**self.line.options, **{flag.removeprefix(END): () for flag in flags}}
        return replace(self.line, options=options).to_written(word)


def parse_request(request: Request, registry: Registry) -> ParsedCommand:
    """Raises UsageError, with how it would be said."""
    return _parse_written(request.line, registry) if request.written else _parse_typed(request.line, registry)


def add_branch_of_link(call: ParsedCommand, base_url: str) -> ParsedLine:
    """A link to a branch's pipelines says `--branch` too, where that may be said and nothing else says which."""
    line = call.line
    if "branch" not in parse_usage(call.command.usage).options or line.options.keys() & {
        "branch",
        "tag",
        "all-branches",
    }:
        return line
    links = filter(None, (Link.parse(word, base_url) for word in line.words))
    branch = next((link.branch for link in links if link.branch), None)
    if branch is None:
        return line
    return replace(line, options={**line.options, "branch": (branch,)}, exact=line.exact | {"branch"})


def _parse_typed(text: str, registry: Registry) -> ParsedCommand:
    text = strip_decoration(text)
    words = split_words(text)
    command = registry.get(words[0].text, find_typed_options(words)) if words else registry.get("help")
    with _add_usage(command):
        words = split_words(strip_placeholders(text, command.usage))
        return ParsedCommand(command, _move_value(command, registry.get_grammar(command).parse_typed(words[1:])))


def _parse_written(text: str, registry: Registry) -> ParsedCommand:
    words = split_written(text)
    command = registry.get(words[0], find_written_options(words)) if words else registry.get("help")
    with _add_usage(command):
        return ParsedCommand(command, registry.get_grammar(command).parse_written(words[1:]))


def _move_value(command: Command[Any], line: ParsedLine) -> ParsedLine:
    """`subscribe --takeover=3` says what `subscribe --takeover 3` says."""
    option = command.title.partition(f" {END}")[2]
    values = line.options.get(option)
    return replace(line, words=(*values, *line.words), options={**line.options, option: ()}) if values else line


@contextmanager
def _add_usage(command: Command[Any]) -> Iterator[None]:
    try:
        yield
    except UsageError as error:
        raise error_blocks.add_usage(error, command) from None
