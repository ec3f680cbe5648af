"""Lines as people type them and as we write them, read as far as a command's Args."""

from __future__ import annotations

from typing import Any

from bot.command import Command
from bot.dispatch.words import parse_usage, split_words, split_written


def parse_args(command: Command[Any], text: str) -> Any:
    """What the command makes of the words after its name. Raises UsageError."""
    return command.parse(parse_usage(command.usage).parse_typed(split_words(text)))


def parse_written(command: Command[Any], written: str) -> Any:
    """The same of a line that we wrote. Raises UsageError."""
    _, *words = split_written(written)
    return command.parse(parse_usage(command.usage).parse_written(words))
