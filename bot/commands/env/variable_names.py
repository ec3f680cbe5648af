"""Names of environment variables, as opposed to values that somebody typed after a command by mistake."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.command import format_line
from bot.errors import NextStep, UsageError
from bot.language import _

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_ASSIGNED = re.compile(r"[A-Za-z_]\w*=", re.ASCII)


def check_variable_name(word: str) -> str:
    """The word, if it can be a variable's name. Raises UsageError, which does not repeat it: who knows what it is."""
    if not _NAME.fullmatch(word):
        raise UsageError(_("A variable's name holds letters, digits and `_`, and does not begin with a digit."))
    return word


def check_no_values(words: Sequence[str], most: int) -> None:
    """Raises UsageError for `NAME=value`, and for more words than the most that are no value."""
    if len(words) > most or any(_ASSIGNED.match(word) for word in words):
        raise UsageError(
            _(
                "Never type a value after a command: what you type there passes through Slack, and in a message "
                "everybody reads it. If that was a secret, *replace it where it came from*; I did not use or keep it."
            ),
            NextStep(_("Set It Privately…"), format_line("env", "set")),
        )
