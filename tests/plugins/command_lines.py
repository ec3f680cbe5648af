"""Lines as people type them and as we write them, read as far as a command's Args."""

from __future__ import annotations

from typing import Any

from bot.command import Command
from bot.dispatch.words import grammar, parts, split


def args_of(command: Command[Any], text: str) -> Any:
    """What the command makes of the words after its name. Raises UsageError."""
    return command.parse(grammar(command.usage).read(split(text)))


def read_back(command: Command[Any], written: str) -> Any:
    """The same of a line that we wrote. Raises UsageError."""
    _, *words = parts(written)
    return command.parse(grammar(command.usage).written(words))
