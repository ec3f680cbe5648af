"""14. Projects that have never built, found by polling alone: when is told how their first build ended, at what price.

Time is moved by hand, as for the requests: what is counted is exact, and moments are to the second.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.company import Company, Rows
from bench.outside.builds import Build, Builds
from bench.requests import EVERYTHING, Moved, Watch, ours
from bench.tables import Goal, Line, Table, at_most
from bench.timing import percentile_ms
from bot.store.store import Store

COMPANY = Company(organisations=1, projects_each=100)
_SETTLES_S = 120.0
_IDLE_MINUTES = 10
_BUILDS = 60
_BUILD_S = 3.0
_EVERY_S = 47.0
"""So far apart that the organisation has come to rest each time."""


@dataclass(frozen=True, slots=True)
class Found:
    """`late_s`: from the end of each workflow until it was told; `idle`: requests a minute and project before that."""

    late_s: list[float]
    idle: float


async def new_projects() -> list[Table]:
    new, built = await _found(built=False), await _found(built=True)
    lines, goals = [], []
    for name, found in (("never built", new), ("built once", built)):
        p50, p95 = (percentile_ms(found.late_s, part) / 1000 for part in (0.5, 0.95))
        lines += [
            Line(f"{name}: from the end of the workflow until it is told, p50", "s", p50),
            Line(f"{name}: the same, p95", "s", p95),
            Line(f"{name}: idle, from the third minute on", "requests/project-minute", found.idle),
        ]
        goals += _goals(name, p95, found.idle)
    return [Table("14. A hundred projects of one organisation, by polling alone", (), lines, goals=tuple(goals))]


def _goals(name: str, p95_s: float, idle: float) -> list[Goal]:
    return [
        at_most(f"{name}: told within 20 s (p95)", p95_s, 20, " s"),
        at_most(f"{name}: at most 0.3 requests a project-minute", idle, 0.3),
    ]


async def _found(*, built: bool) -> Found:
    builds, dice = Builds(COMPANY.projects), random.Random(14)  # noqa: S311 - no secret
    if built:
        for project in COMPANY.projects:
            builds.push(project, Moved().now() - timedelta(days=dice.random()), _BUILD_S)
    async with ours(_rows, builds) as watch:
        await watch.passes(_SETTLES_S)
        idle = await watch.passes(60.0 * _IDLE_MINUTES) / _IDLE_MINUTES / len(COMPANY.projects)
        projects = dice.sample(COMPANY.projects, _BUILDS)
        return Found([await _late_s(watch, builds, project, dice.uniform(0, 30)) for project in projects], idle)


def _rows(now: datetime) -> Rows:
    return COMPANY.new_rows(now, [EVERYTHING])


async def _late_s(watch: Watch, builds: Builds, project: str, after_s: float) -> float:
    await watch.passes(_EVERY_S + after_s)
    build = builds.push(project, watch.clock.now(), _BUILD_S)
    while not await _is_told(watch.store, build):
        await watch.passes(1.0)
    return (watch.clock.now() - build.ends_at).total_seconds()


async def _is_told(store: Store | None, build: Build) -> bool:
    if store is None:
        return False
    async with store.begin_read() as tx:
        return "passed" in (await tx.outcomes.list_kinds(build.id)).values()
