"""One soak, from its empty database to the last message: `Soaked` is what was seen."""

from __future__ import annotations

import asyncio
import contextlib
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.bots import worker
from bench.company import Company
from bench.databases import insert_all, on_sqlite, postgresql_server
from bench.latency import EVERYTHING, card_times
from bench.outside.world import Outside, outside
from bench.soak.plan import KILL, RESTART, TROUBLES, Happening, Plan
from bench.soak.samples import Sample, Sampler
from bot.clock import SystemClock
from tests.plugins.postgres import PostgresServer

COMPANY = Company(organisations=2, projects_each=20, channels=40)
_QUIET_WITHIN_S = 150.0
_UP_WITHIN_S = 60


class NoPostgres(Exception):
    """There is no PostgreSQL on this machine."""


@dataclass(frozen=True, slots=True)
class Soaked:
    """Seconds count from the first build. `lags_s` are pairs: when a workflow ended, how long until its card said so.

    `copies` says of each message that Slack took how often it did; `ended` are the workflows that should be told of.
    """

    lasted_s: float
    samples: list[Sample]
    happened: list[Happening]
    lags_s: list[tuple[float, float]]
    ended: list[str]
    copies: dict[str, int]
    calls: int
    deaths: int
    struck: int
    waiting: int


@dataclass
class Workers:
    """By name, those that live. The last of them is the one that is killed."""

    outside_url: str
    database_url: str
    folder: Path
    poll_s: float
    names: tuple[str, ...]
    deaths: int = 0
    _running: dict[str, tuple[Process, contextlib.AsyncExitStack]] = field(default_factory=dict)

    def list_pids(self) -> Mapping[str, int]:
        return {name: process.pid for name, (process, _) in self._running.items()}

    async def start(self, name: str) -> None:
        stack = contextlib.AsyncExitStack()
        more = {"POLL_INTERVAL_S": f"{self.poll_s:g}", "CIRCLECI_TOKEN": "CCIPAT_bench", "LOG_FORMAT": "json"}
        context = worker(self.outside_url, self.database_url, log=self._find_log(name), **more)
        self._running[name] = await stack.enter_async_context(context), stack

    async def _wait_until_up(self, name: str) -> None:
        for _ in range(5 * _UP_WITHIN_S):
            if "circlebot.up" in self._find_log(name).read_text(encoding="utf-8"):
                return
            await asyncio.sleep(0.2)
        raise TimeoutError(f"{name} is not up: {self._find_log(name)} says why")

    def _find_log(self, name: str) -> Path:
        return self.folder / f"{name.replace(' ', '-')}.log"

    async def kill(self) -> None:
        """The last one, without a word."""
        process, stack = self._running.pop(self.names[-1])
        process.kill()
        await stack.aclose()
        self.deaths += 1

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        try:
            for name in self.names:
                self._find_log(name).unlink(missing_ok=True)
                await self.start(name)
            await asyncio.gather(*map(self._wait_until_up, self.names))
            yield
        finally:
            for _, stack in self._running.values():
                await stack.aclose()


@dataclass
class Run:
    """One that has begun: `began_s` is when, by time.monotonic()."""

    plan: Plan
    around: Outside
    workers: Workers
    server: PostgresServer | None
    sampler: Sampler
    began_s: float
    happened: list[Happening] = field(default_factory=list)

    async def work(self) -> Soaked:
        plan = self.plan
        async with self.sampler.sampling(plan.sample_s):
            every_s = 60 / plan.builds_a_minute
            await self.around.pushes(COMPANY.projects, count=plan.builds, every_s=every_s, lasts_s=plan.build_s)
            for happening in plan.list_happenings():
                await self._wait_until(happening.from_s)
                await self._play(happening)
            await self._wait_until(plan.lasting_s)
            return await self._sum_up(await self._wait_until_quiet())

    @property
    def _now_s(self) -> float:
        return round(time.monotonic() - self.began_s, 2)

    async def _wait_until(self, at_s: float) -> None:
        await asyncio.sleep(max(0.0, at_s - self._now_s))

    async def _play(self, planned: Happening) -> None:
        """It happens, for as long as planned; when it really began and was over is kept."""
        from_s = self._now_s
        await self.around.fails(*TROUBLES[planned.name])
        if planned.name == KILL:
            await self.workers.kill()
        if planned.name == RESTART and self.server:
            await asyncio.to_thread(self.server.restart)
        else:
            await asyncio.sleep(planned.to_s - planned.from_s)
        if planned.name == KILL:
            await self.workers.start(self.workers.names[-1])
        await self.around.fails()
        self.happened.append(Happening(planned.name, from_s, self._now_s))

    async def _wait_until_quiet(self) -> int:
        """Until all builds have been told of and nothing waits; what waits after some minutes in vain."""
        until_s = self._now_s + _QUIET_WITHIN_S
        while True:
            waiting, told = await self.sampler.count_waiting(), find_told((await self.around.slack())["copies"])
            if (waiting == 0 and len(told) >= self.plan.builds) or self._now_s > until_s:
                return waiting or 0
            await asyncio.sleep(1)

    async def _sum_up(self, waiting: int) -> Soaked:
        slack, ended_at = await self.around.slack(), (await self.around.circleci())["ended_at"]
        said_at = card_times(slack["arrived_at"])
        lags = [(at_s - self.began_s, said_at[one] - at_s) for one, at_s in ended_at.items() if one in said_at]
        return Soaked(
            lasted_s=self._now_s,
            samples=self.sampler.taken,
            happened=self.happened,
            lags_s=sorted((round(at_s, 2), round(lag_s, 3)) for at_s, lag_s in lags),
            ended=sorted(ended_at),
            copies=slack["copies"],
            calls=slack["called"],
            deaths=self.workers.deaths,
            struck=await self.around.fails(),
            waiting=waiting,
        )


def find_told(copies: Collection[str]) -> set[str]:
    """The workflows of which a notice tells, by the keys of messages."""
    return {key.partition(":")[0] for key in copies if key.startswith("w-")}


async def soak(plan: Plan, folder: Path) -> Soaked:
    """Logs of the workers go to the folder. Raises NoPostgres."""
    async with contextlib.AsyncExitStack() as stack:
        server, url = await _open_database(stack, plan)
        around = await stack.enter_async_context(outside())
        await around.behaves(paced=True)
        await around.opens(COMPANY.projects)
        await insert_all(url, COMPANY.rows(SystemClock().now(), [EVERYTHING]))
        names = ("worker 1", "worker 2") if server else ("worker 1",)
        workers = Workers(around.url, url, folder, plan.poll_s, names)
        await stack.enter_async_context(workers.working())
        began_s = time.monotonic()
        sampler = Sampler(url, workers.list_pids, began_s=began_s)
        return await Run(plan, around, workers, server, sampler, began_s).work()


async def _open_database(stack: contextlib.AsyncExitStack, plan: Plan) -> tuple[PostgresServer | None, str]:
    if not plan.on_postgresql:
        return None, await stack.enter_async_context(on_sqlite())
    server = stack.enter_context(postgresql_server())
    if server is None:
        raise NoPostgres("PostgreSQL's initdb was not found: CIRCLEBOT_POSTGRES_BIN tells where it is.")
    return server, await server.create_migrated()
