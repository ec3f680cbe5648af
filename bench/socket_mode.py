"""2. How long Slack waits for us in Socket Mode, beside bare Bolt."""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

from bench.accounts import fill
from bench.bots import settings
from bench.contenders import tuned_app, written_app
from bench.load import Hit
from bench.outside.world import Outside, outside
from bench.tables import Goal, Line, Table, at_most
from bot.app.composition import build_app
from bot.store.engine.migrate import upgrade


@dataclass(frozen=True, slots=True)
class Level:
    """`patient`: each waits until the one before it is also answered, as a person alone would."""

    in_flight: int
    requests: int
    patient: bool = False

    def __str__(self) -> str:
        return "one by one" if self.patient else f"{self.in_flight} in flight"


ROUNDS, ROUNDS_ALONE = 3, 12
PAYLOADS = {"help": "2. Socket Mode, `/circle help`", "press": "2. Socket Mode, a press that wants nothing"}
LEVELS = {
    "help": (Level(1, 20, patient=True), Level(1, 80), Level(16, 300), Level(64, 300)),
    "press": (Level(1, 80), Level(16, 400), Level(64, 400)),
}


@dataclass(frozen=True, slots=True)
class Reading:
    hit: Hit
    cpu_ms: float


async def socket_mode() -> list[Table]:
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        around = await stack.enter_async_context(outside())
        for token, contender in CONTENDERS.items():
            await stack.enter_async_context(contender(around.url, token, folder))
            await around.connected(token)
            await _fired(around, token, "help", Level(16, 50))
        return [await _table(around, payload) for payload in PAYLOADS]


@contextlib.asynccontextmanager
async def _ours(url: str, token: str, folder: Path) -> AsyncIterator[None]:
    database_url = f"sqlite:///{folder}/circlebot.db"
    await upgrade(database_url)
    app = build_app(settings(url, database_url, slack_app_token=token, slack_signing_secret=None))
    await fill(app.core.store)
    async with app.running({"slack"}):
        yield


@contextlib.asynccontextmanager
async def _as_written(url: str, token: str, _folder: Path) -> AsyncIterator[None]:
    async with _connected(AsyncSocketModeHandler(written_app(url), token)):
        yield


@contextlib.asynccontextmanager
async def _tuned(url: str, token: str, _folder: Path) -> AsyncIterator[None]:
    async with tuned_app(url) as app, _connected(AsyncSocketModeHandler(app, token)):
        yield


@contextlib.asynccontextmanager
async def _connected(handler: AsyncSocketModeHandler) -> AsyncIterator[None]:
    await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK's
    yield
    await handler.close_async()  # type: ignore[no-untyped-call]  # the SDK's


CONTENDERS: dict[str, Callable[[str, str, Path], AbstractAsyncContextManager[None]]] = {
    "ours": _ours,
    "bare, as written": _as_written,
    "bare, tuned": _tuned,
}
"""By name, which is also the app-level token."""


async def _table(around: Outside, payload: str) -> Table:
    readings = {level: await _at(around, payload, level) for level in LEVELS[payload]}
    lines = [line for level, of_level in readings.items() for line in _lines(level, of_level)]
    goals = _goals(payload, readings[LEVELS[payload][0]])
    return Table(PAYLOADS[payload], tuple(CONTENDERS)[1:], lines, goals=goals)


def _goals(payload: str, alone: dict[str, Reading]) -> tuple[Goal, ...]:
    mine, written, tuned = alone.values()
    times = written.hit.p50_ms / mine.hit.p50_ms
    quick = Goal(f"Socket Mode, {payload}: p50 10 times better than as written", f"{times:.1f} times", times >= 10)
    cpu = mine.cpu_ms / tuned.cpu_ms
    return quick, at_most(f"Socket Mode, {payload}: CPU at most 1.15 times bare tuned", cpu, 1.15, " times")


def _lines(level: Level, readings: dict[str, Reading]) -> list[Line]:
    figures: tuple[tuple[str, str, Callable[[Reading], float]], ...] = (
        ("p50", "ms", lambda one: one.hit.p50_ms),
        ("p99", "ms", lambda one: one.hit.p99_ms),
        ("acknowledged", "1/s", lambda one: one.hit.per_s),
        ("CPU", "ms", lambda one: one.cpu_ms),
    )
    lines = []
    for what, unit, of in figures:
        mine, *theirs = map(of, readings.values())
        lines.append(Line(f"{level}: {what}", unit, mine, tuple(theirs)))
    return lines


async def _at(around: Outside, payload: str, level: Level) -> dict[str, Reading]:
    """The median of the rounds; in each of them everybody has a turn."""
    seen: dict[str, list[Reading]] = {token: [] for token in CONTENDERS}
    for _ in range(ROUNDS_ALONE if level.patient else ROUNDS):
        for token, of_one in seen.items():
            of_one.append(await _fired(around, token, payload, level))
    return {token: _median(of_one) for token, of_one in seen.items()}


async def _fired(around: Outside, token: str, payload: str, level: Level) -> Reading:
    """One volley, and on until every command is answered."""
    answers, began_s = await around.answered(0), time.process_time()
    hit = await around.fires(token, payload=payload, **asdict(level))
    await around.answered(answers + level.requests * (payload != "press"))
    return Reading(hit, 1000 * (time.process_time() - began_s) / level.requests)


def _median(readings: list[Reading]) -> Reading:
    hits = [one.hit for one in readings]
    columns = {
        name: statistics.median(getattr(one, name) for one in hits) for name in ("p50_ms", "p99_ms", "per_s", "most_ms")
    }
    return Reading(Hit(**columns, answered=hits[0].answered), statistics.median(one.cpu_ms for one in readings))
