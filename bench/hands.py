"""1. Hands that type `/circle help` as fast as they are acknowledged, beside a bare Bolt app as usually written.

Each app is a process of its own that logs JSON; who types is connected to nothing: eight people, of whom Slack is asked
once each. The bare one looks nothing up, and has its blocks ready.
"""

from __future__ import annotations

import contextlib
import json
import statistics
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from bench.children import child, heard, tell
from bench.load import STRANGER
from bench.process import cpu_s
from bench.serving import CONTENDERS
from bench.tables import Goal, Line, Table, at_least

_HANDS = 8
_REQUESTS = {1: 60, _HANDS: 400}
_ROUNDS = 7
_FIGURES = {"p50_ms": ("p50", "ms"), "per_s": ("acknowledged", "1/s"), "cpu_ms": ("CPU", "ms")}


@dataclass(frozen=True, slots=True)
class _App:
    url: str
    process: Process


async def hands() -> list[Table]:
    async with _apps() as (apps, load, slack_url):
        for app in apps.values():
            await _fire(load, app, slack_url, _HANDS)
        seen = {count: [await _round(apps, load, slack_url, count) for _ in range(_ROUNDS)] for count in _REQUESTS}
    lines = [line for count, rounds in seen.items() for line in _lines(count, rounds)]
    return [Table("1. Eight hands, and one, that type `/circle help`", ("bare",), lines, goals=_goals(lines))]


@contextlib.asynccontextmanager
async def _apps() -> AsyncIterator[tuple[Mapping[str, _App], Process, str]]:
    async with contextlib.AsyncExitStack() as stack:
        slack_url = await heard(await stack.enter_async_context(child("bench.outside")))
        load = await stack.enter_async_context(child("bench.load"))
        apps = {}
        for name in CONTENDERS:
            process = await stack.enter_async_context(child("bench.serving", name, slack_url))
            apps[name] = _App(f"http://127.0.0.1:{await heard(process)}/slack/events", process)
        yield apps, load, slack_url


async def _round(apps: Mapping[str, _App], load: Process, slack_url: str, count: int) -> dict[str, dict[str, float]]:
    return {name: await _fire(load, app, slack_url, count) for name, app in apps.items()}


async def _fire(load: Process, app: _App, slack_url: str, count: int) -> dict[str, float]:
    """With the CPU of the app until all that was typed is also answered."""
    requests = _REQUESTS[count]
    volley = {"url": app.url, "slack_url": slack_url, "payload": "help", "person": STRANGER, "people": count}
    began_s = cpu_s(app.process.pid)
    await tell(load, json.dumps({**volley, "connections": count, "requests": requests, "patient": False, "all": True}))
    hit = json.loads(await heard(load))
    return {**hit, "cpu_ms": 1000 * (cpu_s(app.process.pid) - began_s) / requests}


def _lines(count: int, rounds: list[dict[str, dict[str, float]]]) -> list[Line]:
    """The medians of the rounds."""
    who = f"{count} hand{'s' * (count > 1)}"
    return [Line(f"{who}: {what}", unit, *_medians(rounds, figure)) for figure, (what, unit) in _FIGURES.items()]


def _medians(rounds: list[dict[str, dict[str, float]]], figure: str) -> tuple[float, tuple[float]]:
    ours, bare = (statistics.median(one[name][figure] for one in rounds) for name in CONTENDERS)
    return ours, (bare,)


def _goals(lines: list[Line]) -> tuple[Goal, ...]:
    """`lines` are p50, acknowledged and CPU of one hand, then of eight."""
    alone, together = (line.ratios()[0] or 0.0 for line in (lines[0], lines[len(_FIGURES) + 1]))
    return (
        at_least("one hand: acknowledged 8 times quicker than bare", 1 / alone if alone else 0.0, 8, " times"),
        at_least("eight hands: at least 0.95 of what bare takes", together, 0.95, " times"),
    )
