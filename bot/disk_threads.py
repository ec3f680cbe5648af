"""What waits for a disk or a lock waits in a thread. anyio's threads would import its streams and sockets too: 1 MB."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar, TypeVarTuple

Answer = TypeVar("Answer")
Given = TypeVarTuple("Given")

_THREADS = ThreadPoolExecutor(40, "disk")
"""Its own, so that the disk never queues behind longer work in the event loop's threads."""


async def run_in_thread(work: Callable[[*Given], Answer], *given: *Given) -> Answer:
    """What it returns or raises. It goes on when whoever waits for it is cancelled."""
    return await start_in_thread(work, *given)


def start_in_thread(work: Callable[[*Given], Answer], *given: *Given) -> asyncio.Future[Answer]:
    """Begins here and now, while the event loop goes on with what is its turn."""
    return asyncio.get_running_loop().run_in_executor(_THREADS, copy_context().run, work, *given)
