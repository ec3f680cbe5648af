"""Processes beside the one that is measured, so that what they cost is not counted."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator


@contextlib.asynccontextmanager
async def child(module: str, *arguments: str) -> AsyncIterator[Process]:
    """`python -m module`, spoken with by lines; ended with the block."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, *arguments, stdin=PIPE, stdout=PIPE)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def heard(process: Process) -> str:
    """The next line that it says. Raises RuntimeError when it has ended instead."""
    line = await process.stdout.readline() if process.stdout else b""
    if not line:
        raise RuntimeError("a process of the benchmark ended early; what it says stands above")
    return line.decode().strip()


async def tell(process: Process, line: str) -> None:
    if process.stdin:
        process.stdin.write(f"{line}\n".encode())
        await process.stdin.drain()
