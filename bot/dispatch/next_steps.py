"""What to do after an error: what it says itself; else what its kind allows, so that nobody is left with a sentence."""

from __future__ import annotations

from typing import Any, TypeVar

from bot.blocks import error_blocks
from bot.command import Command, format_line
from bot.errors import BotError, NextStep, NotAllowed, RateLimited, Unavailable, UsageError
from bot.language import _
from bot.line import Written

E = TypeVar("E", bound=BotError)


def add_next_step(error: E, command: Command[Any], again: Written | None = None) -> E:
    """The error itself with a button, unless it has one, or only another person can help.

    `again` is the line that failed: what was written and may have happened is not offered once more.
    """
    if isinstance(error, UsageError):
        error_blocks.add_example(error, command)
    if not isinstance(error, NotAllowed) and not any(isinstance(step, NextStep) for step in error.next_steps):
        error.next_steps = (*error.next_steps, _choose_step(error, command, again))
    return error


def _choose_step(error: BotError, command: Command[Any], again: Written | None) -> NextStep:
    if isinstance(error, Unavailable) and error.unknown:
        return NextStep(_("Show Recent Pipelines"), format_line("recent"))
    if isinstance(error, Unavailable | RateLimited) and again:
        return NextStep(_("Try Again"), again)
    return NextStep(_("Show Help"), format_line("help", command.word))
