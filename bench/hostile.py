"""13. How long the loop stands still while a build that means to stop us is told, explained, listed and triggered."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.children import child, heard, tell
from bench.tables import Line, Table, at_most
from bot.app.composition import build_app
from bot.store.engine.migrate import upgrade
from tests.plugins.world import build_settings

FRIENDLY = "broken"
HOSTILE = ("hostile", "hostile-wide")
MOST_MS = 50
_TICK_S = 0.002


@dataclass
class Stills:
    """How long the loop did nothing else, in ms, each time that it was looked at: on the clock, and of its own time.

    On a machine that does nothing else both are the same; what others take of it is only in the first.
    """

    clock: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)


async def hostile() -> list[Table]:
    """The sandbox and the person are a process beside it; the loop that is looked at is the bot's alone."""
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        people = await stack.enter_async_context(child("bench.hostile_people"))
        url = f"sqlite:///{folder / 'circlebot.db'}"
        await upgrade(url)
        app = build_app(build_settings(await heard(people), url, socket_mode=True))
        await stack.enter_async_context(app.running({"slack", "poller", "delivery"}))
        await heard(people)
        await _seen(people, FRIENDLY)  # warm
        friendly = await _seen(people, FRIENDLY)
        seen = [await _seen(people, branch) for branch in HOSTILE]
    return [_table(friendly, seen)]


async def _seen(people: Process, branch: str) -> Stills:
    async with _watched() as stills:
        await tell(people, branch)
        await heard(people)
    return stills


@contextlib.asynccontextmanager
async def _watched() -> AsyncIterator[Stills]:
    """A task that sleeps for a moment, again and again, and sees how much longer it was."""
    stills = Stills()

    async def watch() -> None:
        while True:
            began, own = time.perf_counter(), time.thread_time()
            await asyncio.sleep(_TICK_S)
            stills.clock.append(1000 * (time.perf_counter() - began - _TICK_S))
            stills.own.append(1000 * (time.thread_time() - own))

    watching = asyncio.create_task(watch())
    try:
        yield stills
    finally:
        watching.cancel()


def _table(friendly: Stills, seen: list[Stills]) -> Table:
    lines = [
        line
        for branch, stills in zip(HOSTILE, seen, strict=True)
        for line in (
            Line(f"{branch}: the longest, of its own time", "ms", max(stills.own), (max(friendly.own),)),
            Line(f"{branch}: the longest, on the clock", "ms", max(stills.clock), (max(friendly.clock),)),
        )
    ]
    most = max(max(stills.own) for stills in seen)
    target = f"the loop stands still at most {MOST_MS} ms while a hostile build is told, read and triggered"
    goals = (at_most(target, most, MOST_MS, " ms"),)
    return Table("13. The loop beside a hostile build", ("a friendly build",), lines, goals=goals)
