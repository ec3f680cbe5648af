"""6. How many requests CircleCI gets, for an outcome and while nothing happens, beside a poller as one first writes it.

Time is ours to move here, so an hour takes seconds and every count is exact. CircleCI is bench/outside/builds.py,
asked in this process.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bench.company import Company, Rows, hooked
from bench.databases import insert_all, on_sqlite
from bench.naive import NaivePoller
from bench.outside.builds import Build, Builds
from bench.tables import Goal, Line, Table, at_most
from bot.circleci.client import CircleCIPool
from bot.circleci.links import Links
from bot.circleci.webhook_payload import WebhookEvent
from bot.domain import ProjectSlug
from bot.notify.poll.explain import Explainer
from bot.notify.poll.org_poller import OrgPoller
from bot.notify.poll.poller import Poller
from bot.notify.poll.token_quota import ServiceAccount
from bot.notify.poll.tokens import PollTokens
from bot.notify.poll.visibility import Visibility
from bot.notify.poll.webhook_inbox import WebhookInbox
from bot.notify.publish.publisher import Publisher
from bot.rules.rule import Rule
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from bot.workers.loop import BackgroundTasks

INTERVAL_S = 5.0
EVERYTHING = Rule.parse({"only": ["passed", "failed"]})
_BUILD_S = 120.0
_OUTCOMES = 20

_LOOKS = _BUILD_S / INTERVAL_S
_WHY = 5
"""The job, its steps, its tests, the output of the step that failed, and the names of variables to be masked."""

_LEAST = (
    "The least possible for anybody who looks every 5 s: to find it, a look at its workflows each time, and its jobs "
    "once; where it failed five more for the reason, which the naive poller does not tell."
)


class Moved:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


class Counted(httpx.AsyncBaseTransport):
    """CircleCI, without a wire; counts what it is asked."""

    def __init__(self, builds: Builds, clock: Moved) -> None:
        self.asked: Counter[str] = Counter()
        self._builds = builds
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked[request.url.path.rpartition("/")[2]] += 1
        status, found = self._builds.answer(request.url.path.lstrip("/"), dict(request.url.params), self._clock.now())
        return httpx.Response(status, json=found)


@dataclass(frozen=True, slots=True)
class Watch:
    """Somebody who watches: `round` does whatever is due now. `store` is where ours writes down what happened."""

    clock: Moved
    transport: Counted
    round: Callable[[], Any]
    store: Store | None = None
    told: list[Build] = field(default_factory=list)

    async def passes(self, seconds: float, step_s: float = 1.0) -> int:
        """Let time pass; how many requests that took. What is to be `told` is, by a webhook, when it ends."""
        before, until = self.transport.asked.total(), self.clock.moment + timedelta(seconds=seconds)
        while self.clock.moment < until:
            for build in [one for one in self.told if one.ends_at <= self.clock.moment]:
                self.told.remove(build)
                await self._tell(build)
            await self.round()
            self.clock.moment += timedelta(seconds=step_s)
        return self.transport.asked.total() - before

    async def _tell(self, build: Build) -> None:
        if self.store:
            inbox = WebhookInbox(store=self.store, clock=self.clock, wake=_nothing)
            project, ended = ProjectSlug.parse(build.project), "workflow-completed"
            await inbox.handle(
                WebhookEvent(build.id, ended, project, None, build.id, build.number, build.workflow_id, build.ends_at)
            )


@asynccontextmanager
async def ours(rows: Callable[[datetime], Rows], builds: Builds) -> AsyncIterator[Watch]:
    """Ours, which knows `rows` at first."""
    clock, tasks = Moved(), BackgroundTasks()
    transport = Counted(builds, clock)
    pool = CircleCIPool("https://circleci.example", clock=clock, transport=transport)
    async with on_sqlite() as url:
        await insert_all(url, rows(clock.now()))
        store, links = Store(url, Vault([generate_key()])), Links("https://circleci.example")
        service = ServiceAccount("CCIPAT_bench")
        tokens = PollTokens(pool=pool, service=service, store=store, clock=clock, links=links)
        publisher = Publisher(store=store, links=links, clock=clock, wake=_nothing, hit_failpoint=_nothing)
        dice = random.Random(6)  # noqa: S311 - jitter is no secret
        shared: dict[str, Any] = {
            "store": store,
            "tokens": tokens,
            "clock": clock,
            "interval_s": INTERVAL_S,
            "holder": "bench",
            "tasks": tasks,
            "chance": dice.random,
        }
        explainer = Explainer(store=store, tokens=tokens)
        visibility = Visibility(store=store, pool=pool, tokens=tokens, clock=clock)
        poller = Poller(publisher=publisher, explainer=explainer, visibility=visibility, **shared)
        organisations = OrgPoller(wake=_nothing, **shared)

        async def round_() -> None:
            await organisations.tick()
            await poller.tick()
            while tasks:
                await tasks.drain(30)
                await poller.tick()

        yield Watch(clock, transport, round_, store)
        await pool.close()
        await store.close()


def _ours(company: Company, builds: Builds) -> AbstractAsyncContextManager[Watch]:
    return ours(lambda now: company.rows(now, [EVERYTHING]), builds)


def _ours_told(company: Company, builds: Builds) -> AbstractAsyncContextManager[Watch]:
    def rows(now: datetime) -> Rows:
        return company.rows(now, [EVERYTHING]) | hooked(company.projects, now, Vault([generate_key()]), "secret")

    return ours(rows, builds)


@asynccontextmanager
async def _naive(company: Company, builds: Builds) -> AsyncIterator[Watch]:
    clock = Moved()
    transport = Counted(builds, clock)
    async with httpx.AsyncClient(transport=transport, base_url="https://circleci.example") as http:
        poller = NaivePoller(http, company.projects, INTERVAL_S)
        yield Watch(clock, transport, lambda: poller.round(clock.now()))


def _nothing(*_: object) -> None:
    pass


async def requests() -> list[Table]:
    return [await _while_idle(), await _for_outcomes()]


async def _while_idle() -> Table:
    """Minutes in which nothing is built, for more and more projects of ten organisations."""
    lines = []
    for projects_each in (1, 10, 100):
        company = Company(organisations=10, projects_each=projects_each)
        ours, naive = [await _idle(company, watcher) for watcher in (_ours, _naive)]
        lines.append(
            Line(f"{len(company.projects):,} projects idle in 10 organisations", "requests/min", ours, (naive,))
        )
    return Table("6. Requests to CircleCI while nothing happens", ("naive",), lines, goals=(_by_organisation(lines),))


def _by_organisation(lines: list[Line]) -> Goal:
    times = lines[-1].ours / lines[1].ours
    return at_most("an idle organisation costs the same with ten times the projects (1.2 times)", times, 1.2, " times")


async def _idle(company: Company, watcher: Callable[..., Any]) -> float:
    """Requests a minute, once ours has come to rest; the naive one does the same at every tick."""
    builds = Builds(company.projects)
    settles_s, minutes = (240, 10) if watcher is _ours else (INTERVAL_S, 1)
    async with watcher(company, builds) as watch:
        await watch.passes(settles_s, step_s=5)
        spent: int = await watch.passes(60.0 * minutes, step_s=5)
        return spent / minutes


async def _for_outcomes() -> Table:
    company = Company(organisations=1, projects_each=20)
    lines = []
    for passes in (True, False):
        counted, naive = [await _outcomes(company, watcher, passes=passes) for watcher in (_ours, _naive)]
        end, least = ("passed", _LOOKS + 2) if passes else ("failed", _LOOKS + 2 + _WHY)
        lines.append(Line(f"a build of two minutes that {end}", "requests", counted, (naive, least)))
    goals = tuple(
        at_most(f"{line.what}: at most 1.2 times the least possible", line.ratios()[1] or 0, 1.2, " times")
        for line in lines
    )
    told = await _outcomes(company, _ours_told, passes=True, told=True)
    lines.append(Line("the same that passed, told by a webhook when it ends", "requests", told, (None, None)))
    title = "6. Requests to CircleCI for each outcome, beside what is spent while idle"
    return Table(title, ("naive", "least possible"), lines, (_LEAST,), goals)


async def _outcomes(company: Company, watcher: Callable[..., Any], *, passes: bool, told: bool = False) -> float:
    """One build every ten seconds, in project after project; without what the same time costs when idle."""
    builds = Builds(company.projects)
    async with watcher(company, builds) as watch:
        await watch.passes(60)
        idle = await watch.passes(300) / 300
        spent = 0
        for number in range(_OUTCOMES):
            project = company.projects[number % len(company.projects)]
            build = builds.push(project, watch.clock.now(), _BUILD_S, passes=passes)
            watch.told.extend([build] if told else [])
            spent += await watch.passes(10)
        spent += await watch.passes(_BUILD_S + 60)
        for_each: float = (spent - idle * (10 * _OUTCOMES + _BUILD_S + 60)) / _OUTCOMES
        return for_each
