"""Questions to the person at the terminal, if there is one."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bot.operating.process import CommandFailed


def is_there() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def ask(question: str) -> str:
    with _told_when_stopped():
        return input(question).strip()


def ask_secret(question: str) -> str:
    """What is typed is not shown."""
    with _told_when_stopped():
        return getpass.getpass(question).strip()


@contextmanager
def _told_when_stopped() -> Iterator[None]:
    try:
        yield
    except (EOFError, KeyboardInterrupt):
        raise CommandFailed("stopped. Run the same command again: it goes on from here.") from None
