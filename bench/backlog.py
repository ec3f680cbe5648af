"""10. What waits after an outage: ten thousand notices, and a Slack that takes one a second for each channel."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from bench.bots import working
from bench.databases import insert_all, on_sqlite
from bench.outside.world import Outside, outside
from bench.process import watched_memory
from bench.queued import PROJECT, queued
from bench.tables import Goal, Line, Table, at_most
from bot.clock import SystemClock
from tests.plugins.sql_statements import count_statements

OUTCOMES = 10_000
CHANNELS = 1_000
_WITHIN_S = 400


@dataclass(frozen=True, slots=True)
class Drained:
    took_s: float
    refused: int
    called: int
    statements: int
    memory_mb: list[float]

    @property
    def grown_mb(self) -> float:
        """From when a tenth was done to the end: what is there before is the process, not the backlog."""
        return max(self.memory_mb) - self.memory_mb[len(self.memory_mb) // 10]


async def backlog() -> list[Table]:
    now = SystemClock().now()
    async with outside() as around, on_sqlite() as url:
        await around.behaves(paced=True)
        await around.opens([PROJECT])
        await insert_all(url, queued(OUTCOMES, CHANNELS, now))
        drained = await _drained(around, url)
    physical_s = float(OUTCOMES / CHANNELS)
    lines = [
        Line("until nothing waits", "s", drained.took_s, (physical_s,)),
        Line("posts", "1/s", OUTCOMES / drained.took_s, (OUTCOMES / physical_s,)),
        Line("calls to Slack", "", drained.called, (OUTCOMES,)),
        Line("refused as too fast (429)", "", drained.refused, (0,)),
        Line("statements for each", "", drained.statements / OUTCOMES, (None,)),
        Line("memory at the most", "MB", max(drained.memory_mb), (None,)),
        Line("memory, growth meanwhile", "MB", drained.grown_mb, (None,)),
    ]
    title = f"10. A backlog of {OUTCOMES:,} outcomes in {CHANNELS:,} channels"
    return [Table(title, ("Slack's pace",), lines, goals=_goals(drained))]


def _goals(drained: Drained) -> tuple[Goal, ...]:
    return (
        at_most("a backlog is drained without a storm of 429s (1 in 100)", drained.refused, OUTCOMES / 100, " refused"),
        at_most("memory stays flat while it is drained (20 MB)", drained.grown_mb, 20, " MB more"),
    )


async def _drained(around: Outside, url: str) -> Drained:
    async with working(around, url), watched_memory() as memory:
        with count_statements() as seen:
            began_s = time.monotonic()
            await _all_said(around)
            took_s = time.monotonic() - began_s
    slack = await around.slack()
    return Drained(took_s, slack["refused"], slack["called"], seen.count, list(memory))


async def _all_said(around: Outside) -> None:
    until_s = time.monotonic() + _WITHIN_S
    while (said := len((await around.slack())["arrived_at"])) < OUTCOMES:
        if time.monotonic() > until_s:
            raise RuntimeError(f"after {_WITHIN_S} s {OUTCOMES - said} of {OUTCOMES} notices still wait")
        await asyncio.sleep(1)
