"""Output of the command line. A reader may stop reading: `circlebot doctor | head` is no error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command line speaks to its person


def print_error(text: str) -> None:
    """To stderr, so that it does not mix with what was asked for."""
    print(f"circlebot: {text}", file=sys.stderr, flush=True)  # noqa: T201 - as above


@contextmanager
def exit_on_closed_pipe() -> Iterator[None]:
    """End the process without a word when nobody reads its output any more."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more when it ends, and would complain about the same pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
