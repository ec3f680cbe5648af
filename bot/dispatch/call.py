"""A line that was understood, typed or written by us: its command, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bot.blocks import problem
from bot.command import Command, Line, Request
from bot.dispatch.decorated import undecorated
from bot.dispatch.registry import Registry
from bot.dispatch.words import grammar, parts, split
from bot.errors import UsageError


@dataclass(frozen=True, slots=True)
class Call:
    """A line that was understood."""

    command: Command[Any]
    line: Line


def understood(request: Request, registry: Registry) -> Call:
    """Raises UsageError, with how it would be said."""
    return _written(request.line, registry) if request.written else _typed(request.line, registry)


def _typed(text: str, registry: Registry) -> Call:
    words = split(undecorated(text))
    command = registry.find(words[0].text if words else "help")
    with _usage_of(command):
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
        raise problem.with_usage(error, command) from None
