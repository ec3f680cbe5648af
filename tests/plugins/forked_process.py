"""`circlebot` forked from a process that has imported it: a process of its own, without the second that imports take.

Its pid, signals, environment, folder, outputs and end are its own, and it dies as any other. What only a start from
nothing can show (that everything it needs is imported) is shown by tests/test_main.py and test_start_imports.py.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path

from bot.__main__ import main

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["bot.operating.command_line", "bot.app.composition", "alembic.command"])


class ForkedProcess:
    """One that runs. `stdout` is what it writes to both its outputs."""

    def __init__(self, words: tuple[str, ...], environment: Mapping[str, str], cwd: Path) -> None:
        self._heard, said = _FORKING.Pipe(duplex=False)
        self._said = said
        self._process = _FORKING.Process(
            target=_run_child, args=(words, dict(environment), str(cwd), said), daemon=True
        )
        self.stdout = asyncio.StreamReader()

    async def start(self) -> None:
        """The first in a test process waits for the imports, in a thread: others go on meanwhile."""
        await asyncio.to_thread(self._process.start)
        self._said.close()
        heard = os.fdopen(os.dup(self._heard.fileno()), "rb", buffering=0)
        self._heard.close()
        loop, protocol = asyncio.get_running_loop(), asyncio.StreamReaderProtocol(self.stdout)
        self._hearing, _ = await loop.connect_read_pipe(lambda: protocol, heard)

    @property
    def pid(self) -> int:
        assert self._process.pid
        return self._process.pid

    def send_signal(self, number: int) -> None:
        """Nothing, when it has ended."""
        if self._process.exitcode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        """Its exit code, or the negative number of the signal that ended it."""
        ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            asyncio.get_running_loop().remove_reader(self._process.sentinel)
        assert self._process.exitcode is not None
        return self._process.exitcode

    def close(self) -> None:
        """To be called once it has ended."""
        self._hearing.close()
        self._process.close()


def _run_child(words: tuple[str, ...], environment: dict[str, str], cwd: str, said: Connection) -> None:
    """What the child does instead of all that its parent was for."""
    for output in (sys.stdout, sys.stderr):
        os.dup2(said.fileno(), output.fileno())
    said.close()
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = ["circlebot", *words]
    main()
