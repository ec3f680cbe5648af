"""9. One, two and four workers that share a queue on PostgreSQL, while Slack takes a tenth of a second a post."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass

from bench.bots import worker
from bench.databases import WITHOUT_POSTGRES, insert_all, on_postgresql
from bench.outside.world import Outside, outside
from bench.process import cpu_s
from bench.queued import PROJECT, queued
from bench.tables import Line, Table, at_least
from bot.clock import SystemClock

OUTCOMES = 5_000
CHANNELS = 500
_WITHIN_S = 90
_STARTS_S = 8
_TOKEN = "CCIPAT_bench"  # noqa: S105 - it opens nothing


async def workers() -> list[Table]:
    shares = {}
    for count in (1, 2, 4):
        async with outside() as around, on_postgresql() as url:
            if url is None:
                return [Table("9. Workers on PostgreSQL", notes=(WITHOUT_POSTGRES,))]
            shares[count] = await _share(around, url, count)
    one, two, four = shares.values()
    lines = [line for count, share in shares.items() for line in _lines(count, share, one)]
    goals = (
        at_least("two workers post at least 1.8 times as much as one", two.per_s / one.per_s, 1.8, " times"),
        at_least("four, by their CPU a post: 3.5 times one", 4 * one.cpu_ms / four.cpu_ms, 3.5, " times"),
    )
    return [Table(f"9. Workers on PostgreSQL, {OUTCOMES:,} outcomes queued", ("one worker",), lines, goals=goals)]


def _lines(count: int, share: Share, one: Share) -> list[Line]:
    who = f"{count} worker{'s' * (count > 1)}"
    return [
        Line(who, "posts/s", share.per_s, (one.per_s,)),
        Line(f"{who}: CPU of all of them for a post", "ms", share.cpu_ms, (one.cpu_ms,)),
    ]


@dataclass(frozen=True, slots=True)
class Share:
    """Posts a second, and what a post takes of the workers' processors, without the database's."""

    per_s: float
    cpu_ms: float


async def _share(around: Outside, url: str, count: int) -> Share:
    """Between the first and the last tenth: neither the start nor the stragglers count. CPU is all that was spent."""
    await around.behaves(slack_delay_s=0.1)
    await around.opens([PROJECT])
    async with contextlib.AsyncExitStack() as stack:
        workers = [worker(around.url, url, SLACK_PACE="1000", CIRCLECI_TOKEN=_TOKEN) for _ in range(count)]
        started = [await stack.enter_async_context(one) for one in workers]
        await asyncio.sleep(_STARTS_S)
        before_s = sum(cpu_s(process.pid) for process in started)
        await insert_all(url, queued(OUTCOMES, CHANNELS, SystemClock().now()))
        arrived_s = await _all_arrived(around)
        spent_s = sum(cpu_s(process.pid) for process in started) - before_s
    tenth = len(arrived_s) // 10
    per_s = 8 * tenth / (arrived_s[9 * tenth - 1] - arrived_s[tenth])
    return Share(per_s, 1000 * spent_s / len(arrived_s))


async def _all_arrived(around: Outside) -> list[float]:
    """When each arrived, in order; those that came in time, where the machine has no time for all."""
    until_s = time.monotonic() + _WITHIN_S
    while True:
        arrived = sorted((await around.slack())["arrived_at"].values())
        if len(arrived) >= OUTCOMES or time.monotonic() > until_s:
            return arrived
        await asyncio.sleep(1)
