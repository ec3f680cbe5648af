"""A line that was understood, typed or written by us: its command, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from bot.blocks import error_blocks
from bot.circleci.links import Link
from bot.command import Command, Line, Request
from bot.dispatch.registry import Registry
from bot.dispatch.undecorate import undecorated
from bot.dispatch.words import grammar, parts, split, without_placeholders
from bot.errors import UsageError


@dataclass(frozen=True, slots=True)
class Call:
    """A line that was understood."""

    command: Command[Any]
    line: Line


def understood(request: Request, registry: Registry) -> Call:
    """Raises UsageError, with how it would be said."""
    return _written(request.line, registry) if request.written else _typed(request.line, registry)


def with_branch_of_link(call: Call, base_url: str) -> Line:
    """A link to a branch's pipelines says `--branch` too, where that may be said and nothing else says which."""
    said = call.line
    if "branch" not in grammar(call.command.usage).options or said.options.keys() & {"branch", "tag", "all-branches"}:
        return said
    links = filter(None, (Link.parse(word, base_url) for word in said.words))
    branch = next((link.branch for link in links if link.branch), None)
    if branch is None:
        return said
    return replace(said, options={**said.options, "branch": (branch,)}, exact=said.exact | {"branch"})


def _typed(text: str, registry: Registry) -> Call:
    text = undecorated(text)
    words = split(text)
    command = registry.find(words[0].text if words else "help")
    with _usage_of(command):
        words = split(without_placeholders(text, command.usage))
        return Call(command, grammar(command.usage).read(words[1:]))


def _written(text: str, registry: Registry) -> Call:
    words = parts(text)
    command = registry.find(words[0] if words else "help")
    with _usage_of(command):
        return Call(command, grammar(command.usage).written(words[1:]))


@contextmanager
def _usage_of(command: Command[Any]) -> Iterator[None]:
    try:
        yield
    except UsageError as error:
        raise error_blocks.with_usage(error, command) from None
