"""To ask on the command line before something is done that cannot be undone."""

from __future__ import annotations

import sys

from bot.operating.process import CommandFailed


def ask_first(question: str, *, yes: bool) -> None:
    """Ask, unless `yes` was said. Raises CommandFailed when it is not meant, and where nobody can be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandFailed("nobody can be asked here: say --yes if it is meant.")
    if input(f"{question} [y/N] ").strip().lower() not in {"y", "yes"}:
        raise CommandFailed("nothing was changed.")
