"""4. Asking CircleCI for a pipeline: our client, with models made of the answer, beside other ways to ask."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import aiohttp
import httpx

from bench.outside.world import outside
from bench.tables import Goal, Line, Table, at_least, at_most
from bot.circleci.client import CircleCIPool

LEVELS = (1, 16, 64)
REQUESTS = 400
ROUNDS = 3
_PROJECT = "gh/org-0/project-0"
_PIPELINE = f"p-{_PROJECT.replace('/', '.')}-1"
_TOKEN = "CCIPAT_bench"  # noqa: S105 - it opens nothing
_PEERS = Path(__file__).parents[1] / "build" / "peers"
_IS_INSTALLED = (_PEERS / "pycircleci").is_dir()
_WITHOUT = "pycircleci is not installed here: `make bench` installs it, where it can."

Ask = Callable[[], Awaitable[object]]
"""One request, and its answer read."""


@dataclass(frozen=True, slots=True)
class Pace:
    per_s: float
    cpu_ms: float


async def client() -> list[Table]:
    async with outside() as around:
        await around.opens([_PROJECT])
        await around.pushes([_PROJECT], count=1, every_s=1, lasts_s=0)
        await asyncio.sleep(0.5)
        paces = {level: await _paces(f"{around.url}/circleci", level) for level in LEVELS}
    peers = tuple(name for name in paces[1] if name != "ours")
    lines = [
        Line(f"{level} in flight: {what}", unit, getattr(of_level["ours"], name), _column(of_level, peers, name))
        for level, of_level in paces.items()
        for name, what, unit in (("per_s", "requests", "1/s"), ("cpu_ms", "CPU of one", "ms"))
    ]
    notes = () if _IS_INSTALLED else (_WITHOUT,)
    return [Table("4. Asking CircleCI for a pipeline", peers, lines, notes, _goals(paces))]


def _column(of_level: dict[str, Pace], peers: tuple[str, ...], name: str) -> tuple[float, ...]:
    return tuple(getattr(of_level[peer], name) for peer in peers)


def _goals(paces: dict[int, dict[str, Pace]]) -> tuple[Goal, ...]:
    at_16 = paces[16]
    dear = at_most("at most 3 times aiohttp's CPU", at_16["ours"].cpu_ms / at_16["aiohttp"].cpu_ms, 3, " times")
    if "pycircleci" not in at_16:
        return (dear,)
    quick = at_16["ours"].per_s / at_16["pycircleci"].per_s
    return at_least("at least 2 times pycircleci with 16 in flight", quick, 2, " times"), dear


async def _paces(url: str, in_flight: int) -> dict[str, Pace]:
    """The median of the rounds; in each of them everybody has a turn."""
    async with contextlib.AsyncExitStack() as stack:
        asks = {name: await stack.enter_async_context(way(url)) for name, way in _ways().items()}
        seen: dict[str, list[Pace]] = {name: [] for name in asks}
        for _ in range(ROUNDS):
            for name, ask in asks.items():
                seen[name].append(await _volley(ask, in_flight))
    return {name: _median(of_one) for name, of_one in seen.items()}


def _median(of_one: list[Pace]) -> Pace:
    return Pace(statistics.median(pace.per_s for pace in of_one), statistics.median(pace.cpu_ms for pace in of_one))


async def _volley(ask: Ask, in_flight: int) -> Pace:
    left = iter(range(REQUESTS))

    async def one_by_one() -> None:
        for _ in left:
            await ask()

    await ask()
    began_s, cpu_s = time.perf_counter(), time.process_time()
    await asyncio.gather(*(one_by_one() for _ in range(in_flight)))
    lasted_s, spent_s = time.perf_counter() - began_s, time.process_time() - cpu_s
    return Pace(REQUESTS / lasted_s, 1000 * spent_s / REQUESTS)


def _ways() -> dict[str, Callable[[str], contextlib.AbstractAsyncContextManager[Ask]]]:
    installed = {"pycircleci": _pycircleci} if _IS_INSTALLED else {}
    return {"ours": _ours, **installed, "httpx": _httpx, "aiohttp": _aiohttp}


@contextlib.asynccontextmanager
async def _ours(url: str) -> AsyncIterator[Ask]:
    pool = CircleCIPool(url)
    circleci = pool.bind(_TOKEN)
    yield lambda: circleci.fetch_pipeline(_PIPELINE)
    await pool.close()


@contextlib.asynccontextmanager
async def _pycircleci(url: str) -> AsyncIterator[Ask]:
    """It knows no asyncio: a thread for each request in flight."""
    api, loop = _its_api()(_TOKEN, url=f"{url}/api"), asyncio.get_running_loop()
    with ThreadPoolExecutor(max(LEVELS)) as threads:
        yield lambda: loop.run_in_executor(threads, api.get_pipeline, _PIPELINE)


def _its_api() -> Any:
    """Its folder counts only while it is read: it also holds a package `tests`, which would hide ours."""
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    sys.path.append(str(_PEERS))
    try:
        return import_module("pycircleci.api").Api
    finally:
        sys.path.remove(str(_PEERS))


@contextlib.asynccontextmanager
async def _httpx(url: str) -> AsyncIterator[Ask]:
    """One shared client, JSON and no models."""
    async with httpx.AsyncClient(headers={"Circle-Token": _TOKEN}) as http:

        async def ask() -> object:
            return (await http.get(f"{url}/api/v2/pipeline/{_PIPELINE}")).json()

        yield ask


@contextlib.asynccontextmanager
async def _aiohttp(url: str) -> AsyncIterator[Ask]:
    """One shared session, JSON and no models."""
    async with aiohttp.ClientSession(headers={"Circle-Token": _TOKEN}) as http:

        async def ask() -> object:
            async with http.get(f"{url}/api/v2/pipeline/{_PIPELINE}") as answer:
                return await answer.json()

        yield ask
