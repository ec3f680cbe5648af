"""9. One, two and four workers that share a queue on PostgreSQL, while Slack takes a tenth of a second a post."""

from __future__ import annotations

import asyncio
import contextlib
import time

from bench.bots import worker
from bench.databases import WITHOUT_POSTGRES, insert_all, on_postgresql
from bench.outside.world import Outside, outside
from bench.queued import queued
from bench.tables import Line, Table, at_least
from bot.clock import SystemClock

OUTCOMES = 5_000
CHANNELS = 500
_WITHIN_S = 90


async def workers() -> list[Table]:
    rates = {}
    for count in (1, 2, 4):
        async with outside() as around, on_postgresql() as url:
            if url is None:
                return [Table("9. Workers on PostgreSQL", notes=(WITHOUT_POSTGRES,))]
            rates[count] = await _rate(around, url, count)
    lines = [Line(f"{count} worker{'s' * (count > 1)}", "posts/s", rate, (rates[1],)) for count, rate in rates.items()]
    goal = at_least("two workers post at least 1.8 times as much as one", rates[2] / rates[1], 1.8, " times")
    return [Table(f"9. Workers on PostgreSQL, {OUTCOMES:,} outcomes queued", ("one worker",), lines, goals=(goal,))]


async def _rate(around: Outside, url: str, count: int) -> float:
    """Posts a second, between the first and the last tenth: neither the start nor the stragglers count."""
    await around.behaves(slack_delay_s=0.1)
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(count):
            await stack.enter_async_context(worker(around.url, url, SLACK_PACE="1000"))
        await asyncio.sleep(3)
        await insert_all(url, queued(OUTCOMES, CHANNELS, SystemClock().now()))
        arrived_s = await _all_arrived(around)
    tenth = len(arrived_s) // 10
    return 8 * tenth / (arrived_s[9 * tenth - 1] - arrived_s[tenth])


async def _all_arrived(around: Outside) -> list[float]:
    """When each arrived, in order; those that came in time, where the machine has no time for all."""
    until_s = time.monotonic() + _WITHIN_S
    while True:
        arrived = sorted((await around.slack())["arrived_at"].values())
        if len(arrived) >= OUTCOMES or time.monotonic() > until_s:
            return arrived
        await asyncio.sleep(1)
