"""1. How long Slack waits for us: over HTTP, beside bare Bolt, and with few commands and many."""

from __future__ import annotations

import contextlib
import json
import statistics
import tempfile
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import aiohttp

from bench.children import child, heard, tell
from bench.contenders import PLAIN, Contender, as_written, ours, table, tuned
from bench.load import Hit, Volley
from bench.tables import Goal, Line, Table, at_least, at_most
from bot.operating.process import serve_http


@dataclass(frozen=True, slots=True)
class Level:
    """`patient`: each request waits until the one before it is also answered, as a person alone would."""

    connections: int
    requests: int
    patient: bool = False

    def __str__(self) -> str:
        if self.patient:
            return "one by one"
        return f"{self.connections} connection{'s' * (self.connections > 1)}"


CONTENDERS: Mapping[str, Contender] = {"ours": ours, "bare, as written": as_written, "bare, tuned": tuned}
PAYLOADS = {
    "help": "1. `/circle help`: acknowledged, looked up, answered",
    "press": "1. A press that wants nothing: the acknowledgement alone",
}
ALONE = Level(1, 20, patient=True)
LEVELS = {
    "help": (ALONE, Level(1, 80), Level(16, 400), Level(64, 500)),
    "press": (Level(1, 80), Level(16, 500), Level(64, 600)),
}
ROUNDS, ROUNDS_ALONE = 3, 12

MANY, ONE = "60 commands", "1 command"
SIZES: Mapping[str, Contender] = {MANY: partial(ours, commands=table(60)), ONE: partial(ours, commands=table(1))}
_OFTEN = 40
"""Rounds, and short ones: a tenth is to be told apart."""

FIGURES = {"p50_ms": ("p50", "ms"), "p99_ms": ("p99", "ms"), "per_s": ("acknowledged", "1/s"), "cpu_ms": ("CPU", "ms")}


@dataclass(frozen=True, slots=True)
class Reading(Hit):
    """`cpu_ms` of the app's process, for one request and all that it began."""

    cpu_ms: float


@dataclass(frozen=True, slots=True)
class Range:
    """The apps on their ports, and the processes that load them and answer them."""

    urls: Mapping[str, str]
    slack_url: str
    load: Process
    http: aiohttp.ClientSession

    async def fire(self, contender: str, payload: str, level: Level) -> Reading:
        """One volley, and on until everything that it began is done."""
        volley = Volley(url=self.urls[contender], slack_url=self.slack_url, payload=payload, **asdict(level))
        answers = await self._answered("")
        began_s = time.process_time()
        await tell(self.load, json.dumps(asdict(volley)))
        hit = json.loads(await heard(self.load))
        await self._answered(f"/{answers + level.requests * (payload != 'press') - hit['answered']}")
        return Reading(**hit, cpu_ms=1000 * (time.process_time() - began_s) / level.requests)

    async def _answered(self, at_least: str) -> int:
        async with self.http.get(f"{self.slack_url}/answered{at_least}") as answer:
            return int(await answer.text())


async def acknowledging() -> list[Table]:
    async with _range() as firing:
        for contender in firing.urls:
            for payload in (PLAIN if contender in SIZES else "help", "press"):
                await firing.fire(contender, payload, Level(16, 100))
        return [*[await _measured(firing, payload) for payload in PAYLOADS], await _by_size(firing)]


@contextlib.asynccontextmanager
async def _range() -> AsyncIterator[Range]:
    """All serve at once, so that their volleys can take turns and share the machine's bad moments."""
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        slack_url = await heard(await stack.enter_async_context(child("bench.outside")))
        load = await stack.enter_async_context(child("bench.load"))
        urls = {}
        for name, contender in {**CONTENDERS, **SIZES}.items():
            app = await stack.enter_async_context(contender(slack_url, folder))
            port = await stack.enter_async_context(serve_http(app, host="127.0.0.1", port=0))
            urls[name] = f"http://127.0.0.1:{port}/slack/events"
        http = await stack.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)))
        yield Range(urls, slack_url, load, http)


async def _measured(firing: Range, payload: str) -> Table:
    lines = []
    for level in LEVELS[payload]:
        rounds = ROUNDS_ALONE if level.patient else ROUNDS
        lines += _lines(level, await _at(firing, CONTENDERS, payload, level, rounds))
    return Table(PAYLOADS[payload], tuple(CONTENDERS)[1:], lines, goals=_goals(payload, lines))


def _goals(payload: str, lines: list[Line]) -> tuple[Goal, ...]:
    """At one connection; `lines` begin with the lowest level: p50, p99, acknowledged and CPU of each.

    Help takes its answer with the acknowledgement, a press has none.
    """
    times = 8 if payload == "help" else 10
    p50, *_, cpu = lines[: len(FIGURES)]
    as_written, _ = (1 / ratio if ratio else 0.0 for ratio in p50.ratios())
    _, tuned_cpu = (ratio or 0.0 for ratio in cpu.ratios())
    return (
        at_least(f"HTTP, {payload}: p50 {times} times better than as written", as_written, times, " times"),
        at_most(f"HTTP, {payload}: CPU at most 1.15 times bare tuned", tuned_cpu, 1.15, " times"),
    )


async def _by_size(firing: Range) -> Table:
    """The whole way of a command, which is the last of its table."""
    lines = _lines(ALONE, await _at(firing, SIZES, PLAIN, ALONE, _OFTEN))
    goals = tuple(
        at_most(f"HTTP: {what} flat from 1 to 60 commands (1.1 times)", line.ratios()[0] or 0.0, 1.1, " times")
        for what, line in (("p50", lines[0]), ("CPU", lines[-1]))
    )
    return Table("1. The last command of a table of 60, and of 1", (ONE,), lines, goals=goals, ours=MANY)


async def _at(firing: Range, names: Iterable[str], payload: str, level: Level, rounds: int) -> list[list[Reading]]:
    """What each of them did in each of the rounds; in a round everybody has a turn."""
    readings: dict[str, list[Reading]] = {name: [] for name in names}
    for _ in range(rounds):
        for name, seen in readings.items():
            seen.append(await firing.fire(name, payload, level))
    return list(readings.values())


def _lines(level: Level, readings: list[list[Reading]]) -> list[Line]:
    """The medians of the rounds."""
    lines = []
    for figure, (what, unit) in FIGURES.items():
        mine, *theirs = (statistics.median(getattr(one, figure) for one in seen) for seen in readings)
        lines.append(Line(f"{level}: {what}", unit, mine, tuple(theirs)))
    return lines
