"""`circlebot` as a process of its own, as people start it: its words, an environment, what it prints, how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tests.plugins.forked_process import ForkedProcess

AS_PEOPLE_DO = ("-m", "bot")
"""Started by Python from nothing, imports and all."""

INSTALLED = "CIRCLEBOT_PYTHON"
"""Names another Python that is started instead: one that has what production has, and nothing else (`make pythons`)."""

_WITHIN_S = 60.0
_END_WITHIN_S = 20.0


@dataclass(frozen=True)
class ProgramResult:
    """How a program ended, and what it printed to both its outputs."""

    code: int
    out: str


class Process(Protocol):
    """What asyncio's have, and ours."""

    @property
    def pid(self) -> int: ...

    @property
    def stdout(self) -> asyncio.StreamReader | None: ...

    def send_signal(self, signal: int) -> None: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...

    async def wait(self) -> int: ...


@dataclass
class RunningProgram:
    """One that runs. `printed` grows; its end is awaited by `ended`."""

    process: Process
    printed: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.printed)

    async def wait_for_output(self, says: str) -> str:
        """All that was printed, once this is among it."""
        assert self.process.stdout
        async with asyncio.timeout(_WITHIN_S):
            while says not in self.text:
                line = await self.process.stdout.readline()
                if not line:
                    raise AssertionError(
                        f"it ended ({await self.process.wait()}) without saying {says!r}:\n{self.text}"
                    )
                self.printed.append(line.decode())
        return self.text

    async def wait(self) -> int:
        """Its exit code; the rest of what it printed is in `text` then."""
        assert self.process.stdout
        async with asyncio.timeout(_WITHIN_S):
            self.printed.append((await self.process.stdout.read()).decode())
            return await self.process.wait()


@contextlib.asynccontextmanager
async def start_circlebot(
    *words: str, env: Mapping[str, str] | None = None, cwd: Path, program: tuple[str, ...] | None = None
) -> AsyncIterator[RunningProgram]:
    """A running `circlebot`, ended with the block if it has not by itself. Only `env` counts, not ours.

    `program` is what Python starts instead: without it, it is forked from a process that has imported `circlebot`.
    """
    environment = {"PATH": os.environ["PATH"], "COLUMNS": "100", **(env or {})}
    starting = _spawn((*program, *words), environment, cwd) if program else _fork(words, environment, cwd)
    async with starting as process:
        try:
            yield RunningProgram(process)
        finally:
            await _stop(process)


@contextlib.asynccontextmanager
async def _spawn(words: tuple[str, ...], environment: Mapping[str, str], cwd: Path) -> AsyncIterator[Process]:
    pipe, same = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    python = os.environ.get(INSTALLED, sys.executable)
    yield await asyncio.create_subprocess_exec(python, *words, env=environment, cwd=cwd, stdout=pipe, stderr=same)


@contextlib.asynccontextmanager
async def _fork(words: tuple[str, ...], environment: Mapping[str, str], cwd: Path) -> AsyncIterator[Process]:
    process = ForkedProcess(words, environment, cwd)
    await process.start()
    yield process
    process.close()


async def _stop(process: Process) -> None:
    """Asked first, so that it can end what it started itself; killed when it does not listen."""
    for ask in (process.terminate, process.kill):
        with contextlib.suppress(ProcessLookupError):
            ask()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _END_WITHIN_S)
            return


async def run_circlebot(
    *words: str, env: Mapping[str, str] | None = None, cwd: Path, program: tuple[str, ...] | None = None
) -> ProgramResult:
    """Run it to its end."""
    async with start_circlebot(*words, env=env, cwd=cwd, program=program) as one:
        code = await one.wait()
        return ProgramResult(code, one.text)


def get_free_port() -> int:
    """A port of loopback that nobody listens on right now."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        return int(bound.getsockname()[1])
