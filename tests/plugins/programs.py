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

_WITHIN_S = 60.0
_END_WITHIN_S = 20.0


@dataclass(frozen=True)
class Done:
    """How a program ended, and what it printed to both its outputs."""

    code: int
    out: str


@dataclass
class Program:
    """One that runs. `printed` grows; its end is awaited by `ended`."""

    process: asyncio.subprocess.Process
    printed: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.printed)

    async def until(self, says: str) -> str:
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

    async def ended(self) -> int:
        """Its exit code; the rest of what it printed is in `text` then."""
        assert self.process.stdout
        async with asyncio.timeout(_WITHIN_S):
            self.printed.append((await self.process.stdout.read()).decode())
            return await self.process.wait()


@contextlib.asynccontextmanager
async def started(
    *words: str, env: Mapping[str, str] | None = None, cwd: Path, program: tuple[str, ...] = ("-m", "bot")
) -> AsyncIterator[Program]:
    """A running `circlebot`, ended with the block if it has not by itself. Only `env` counts, not ours."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        *words,
        env={"PATH": os.environ["PATH"], "COLUMNS": "100", **(env or {})},
        cwd=cwd,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield Program(process)
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Asked first, so that it can end what it started itself; killed when it does not listen."""
    for ask in (process.terminate, process.kill):
        with contextlib.suppress(ProcessLookupError):
            ask()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _END_WITHIN_S)
            return


async def circlebot(*words: str, env: Mapping[str, str] | None = None, cwd: Path) -> Done:
    """Run it to its end."""
    async with started(*words, env=env, cwd=cwd) as program:
        code = await program.ended()
        return Done(code, program.text)


def free_port() -> int:
    """A port of loopback that nobody listens on right now."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        return int(bound.getsockname()[1])
