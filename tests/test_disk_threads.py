from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar

import pytest

from bot.disk_threads import run_in_thread

WHO: ContextVar[str] = ContextVar("WHO")


async def test_it_runs_elsewhere_and_brings_what_is_returned_or_raised() -> None:
    assert await run_in_thread(threading.get_ident) != threading.get_ident()
    with pytest.raises(ZeroDivisionError):
        await run_in_thread(divmod, 1, 0)


async def test_log_lines_from_there_tell_what_they_would_tell_here() -> None:
    WHO.set("ada")
    assert await run_in_thread(WHO.get) == "ada"


async def test_it_goes_on_when_whoever_waits_is_cancelled() -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait()
        ended.set()

    waiting = asyncio.create_task(run_in_thread(work))
    await asyncio.to_thread(begun.wait)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    may_end.set()
    assert await asyncio.to_thread(ended.wait, 10)
