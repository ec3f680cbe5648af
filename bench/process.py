"""What a process takes of the machine, as Linux tells it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


def memory_mb(pid: int | str = "self") -> float:
    """What it holds in memory now (resident)."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE_MB


def count_files(pid: int) -> int:
    """What it has open: files, sockets, pipes."""
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def cpu_s(pid: int) -> float:
    """What it has spent of the processor, in the system too."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND


@contextlib.asynccontextmanager
async def watched_memory(every_s: float = 0.5) -> AsyncIterator[list[float]]:
    """Our own memory, again and again while inside."""
    seen: list[float] = [memory_mb()]

    async def watch() -> None:
        while True:
            await asyncio.sleep(every_s)
            seen.append(memory_mb())

    watching = asyncio.create_task(watch())
    try:
        yield seen
    finally:
        watching.cancel()
        seen.append(memory_mb())
