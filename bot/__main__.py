"""`circlebot`, also `python -m bot`. What runs for months is imported alone: it holds for months what it imports."""

from __future__ import annotations

import gc
import os
import signal
import sys

# Linux keeps from a container's process 1 every signal that it does not handle, and the imports take a second.
if os.getpid() == 1:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_UNUSED = ("rich", "pygments")
"""httpx and structlog import 80 modules of them, for a program and for tracebacks that nobody sees here."""


def main() -> None:
    """Run one command. An error that the operator can fix is one sentence, and exit code 1.

    What is imported stays: looking for garbage among it would take a fifth of the start. `run_async` looks again.
    """
    gc.disable()
    with _hide(_UNUSED):
        from bot.operating import console, run_commands  # noqa: PLC0415 - without the above

    with console.exit_on_closed_pipe():
        try:
            _find_program(run_commands.PROGRAMS, sys.argv[1:])()
        except run_commands.REPORTED_ERRORS as error:
            console.print_error(str(error))
            sys.exit(1)


@contextmanager
def _hide(names: Sequence[str]) -> Iterator[None]:
    """These cannot be imported meanwhile, as if they were not installed."""
    modules: dict[str, Any] = sys.modules
    hidden = {name: modules.get(name) for name in names}
    modules.update(dict.fromkeys(names))
    try:
        yield
    finally:
        for name, module in hidden.items():
            del modules[name]
            if module:
                modules[name] = module


def _find_program(alone: dict[str, Callable[[], None]], words: Sequence[str]) -> Callable[[], None]:
    """One that runs for months takes no arguments; the command line, of 10 MB, is for all others."""
    if len(words) == 1 and words[0] in alone:
        return alone[words[0]]
    from bot.operating import command_line  # noqa: PLC0415 - as said

    return command_line.main


if __name__ == "__main__":
    main()
