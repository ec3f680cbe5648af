"""Where text of strangers is read: what is small at once, what is large in a process of its own.

That process lives for one reading, may take a limited time and memory, knows none of our secrets (it has no
environment) and is ended when it goes over. A thread would hold the event loop up all the same, since one thread of
Python runs at a time. anyio.to_process keeps its workers, sets them no limit and imports all of us into each.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

AT_ONCE = 10_000
"""Bytes of text that are read in place, which takes some 5 ms at most."""
MOST_S = 20.0
"""Seconds on the clock for a reading apart."""
MOST_CPU_S = 8
"""Seconds of the processor for it."""

_PROCESSES = 2
_ROOT = str(Path(__file__).parents[2])

Reader = Callable[[Any, bytes], tuple[Any, bytes]]
"""A function of bot.untrusted: what is asked (JSON) and a text, into what was found (JSON) and a text."""


class TooLarge(Exception):
    """It took more time or memory than a reading may take."""


async def run_reader(
    reader: Reader, asked: Any, text: bytes, *, at_once: int = AT_ONCE, cpu_s: int = MOST_CPU_S
) -> tuple[Any, bytes]:
    """What the reader finds in the text. More than `at_once` bytes are read in a process apart. Raises TooLarge."""
    if len(text) <= at_once:
        return reader(asked, text)
    header = {"module": reader.__module__, "name": reader.__name__, "asked": asked}
    found, _, rest = (await _ask_process(json.dumps(header).encode() + b"\n" + text, cpu_s)).partition(b"\n")
    return json.loads(found), rest


async def _ask_process(question: bytes, cpu_s: int) -> bytes:
    """Two at most read at a time; others wait for their turn."""
    async with _get_semaphore(), _start_process(cpu_s) as process:
        try:
            async with asyncio.timeout(MOST_S):
                answer, _ = await process.communicate(question)
        except TimeoutError:
            raise TooLarge from None
        if process.returncode != 0:
            raise TooLarge
    return answer


@asynccontextmanager
async def _start_process(cpu_s: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """Whatever happens, it is gone afterwards; uvloop leaves one behind that nobody waits for while it starts."""
    starting = asyncio.create_task(_create_process(cpu_s))
    try:
        yield await asyncio.shield(starting)
    finally:
        process = await starting
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _create_process(cpu_s: int) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "bot.untrusted", str(cpu_s)),
        env={"PYTHONPATH": _ROOT},
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.DEVNULL,
    )


_semaphores: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def _get_semaphore() -> asyncio.Semaphore:
    return _semaphores.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(_PROCESSES))
