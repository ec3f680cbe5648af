"""8. A working day: 2,000 projects, 10,000 rules, 200 outcomes a minute, one process that does everything."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.bots import KEY, working
from bench.company import RULES, Company, hooked
from bench.databases import insert_all, on_sqlite
from bench.outside.world import SECRET, Outside, outside
from bench.process import watched_memory
from bench.tables import Goal, Line, Table, at_most
from bot.app.composition import App
from bot.clock import SystemClock
from bot.rules.rule import Rule
from bot.store.vault import Vault
from tests.plugins.sql_statements import StatementCounter, count_statements

COMPANY = Company(organisations=20, projects_each=100)
LARGE = Company(organisations=20, projects_each=500)
A_MINUTE = 200
_BUILD_S = 20.0
_WARMS_UP_S = _BUILD_S + 10
_SETTLES_S = 35.0
_COUNT = round(A_MINUTE * (_WARMS_UP_S + 120) / 60)


@dataclass(frozen=True, slots=True)
class Day:
    """What two minutes of it took. `statements` are those of half minutes for each outcome, `each` for a build."""

    cpu: float
    memory_mb: float
    backlog: int
    statements: tuple[float, float]
    each: float
    asked: float
    posted: float


async def steady() -> list[Table]:
    day = await _day(COMPANY, RULES)
    title = f"8. Steady: {len(COMPANY.projects):,} projects, 10,000 rules, {A_MINUTE} outcomes a minute"
    return [Table(title, ("the target",), _lines(day), goals=_goals(day))]


def _lines(day: Day) -> list[Line]:
    return [
        Line("CPU", "% of a core", 100 * day.cpu, (10,)),
        Line("memory at the most", "MB", day.memory_mb, (200,)),
        Line("notices that wait in the end", "", day.backlog, (0,)),
        Line("statements for each outcome, first half minute", "", day.statements[0], (None,)),
        Line("statements for each outcome, second half minute", "", day.statements[1], (day.statements[0],)),
        Line("statements for each build, with all looks at it", "", day.each, (90,)),
        Line("requests to CircleCI for each outcome", "", day.asked, (None,)),
        Line("calls to Slack for each outcome", "", day.posted, (None,)),
    ]


def _goals(day: Day) -> tuple[Goal, ...]:
    first, second = day.statements
    return (
        at_most("a day: at most 10 % of one core", 100 * day.cpu, 10, " %"),
        at_most("a day: at most 90 statements a build", day.each, 90),
        at_most("a day: under 200 MB", day.memory_mb, 200, " MB"),
        at_most("a day: the backlog returns to 0", day.backlog, 0, " notices wait"),
        at_most("a day: statements for each outcome stay the same (1.2 times)", second / first, 1.2, " times"),
    )


async def large() -> list[Table]:
    """The same day, in five times as many projects and with ten times as many rules: what grows with these shows."""
    day = await _day(LARGE, (*RULES, *(Rule.parse({"branch": [f"team-{number}/*"]}) for number in range(5))))
    lines = [
        Line("CPU", "% of a core", 100 * day.cpu, (40,)),
        Line("memory at the most", "MB", day.memory_mb, (None,)),
        Line("statements for each build, with all looks at it", "", day.each, (None,)),
        Line("notices that wait in the end", "", day.backlog, (0,)),
    ]
    goals = (at_most("10,000 projects, 100,000 rules: at most 40 % of one core", 100 * day.cpu, 40, " %"),)
    title = f"8. Large: {len(LARGE.projects):,} projects, 100,000 rules, {A_MINUTE} builds a minute, one process"
    return [Table(title, ("the target",), lines, goals=goals)]


async def _day(company: Company, rules: Sequence[Rule]) -> Day:
    """Half of what is built is told by webhooks, the other half is found by polling."""
    now, told, polled = SystemClock().now(), company.projects[::14], company.projects[7::14]
    async with outside() as around, on_sqlite() as url:
        await around.opens(company.projects)
        await insert_all(url, company.rows(now, rules))
        await insert_all(url, hooked(told, now, Vault([KEY]), SECRET))
        async with working(around, url) as (app, hook_url), watched_memory() as memory:
            for projects, tell in ((told, hook_url), (polled, None)):
                await around.pushes(projects, count=_COUNT // 2, every_s=120 / A_MINUTE, lasts_s=_BUILD_S, tell=tell)
            await asyncio.sleep(_WARMS_UP_S)
            return await _minute(around, app, memory)


async def _minute(around: Outside, app: App, memory: list[float]) -> Day:
    """Once as many end as begin; and what waits after the last one. To count takes a tenth of the CPU: not at once."""
    cpu_s = time.process_time()
    await asyncio.sleep(60)
    cpu = (time.process_time() - cpu_s) / 60
    with count_statements() as seen:
        before = await _counts(around)
        halves = [await _half(seen), await _half(seen)]
        after = await _counts(around)
    asked, called = (late - early for late, early in zip(after, before, strict=True))
    await asyncio.sleep(_SETTLES_S)
    async with app.core.store.begin_read() as tx:
        backlog = (await tx.backlog.load(SystemClock().now())).notices
    first, second = halves
    each = seen.count / sum(text.startswith("INSERT INTO pipelines") for text in seen.texts)
    return Day(cpu, max(memory), backlog, (first, second), each, asked / A_MINUTE, called / A_MINUTE)


async def _half(seen: StatementCounter) -> float:
    """Statements for each outcome that was written down meanwhile; that a workflow began is one too."""
    before = seen.count
    await asyncio.sleep(30)
    sent = seen.texts[before:]
    return len(sent) / sum(text.startswith("INSERT INTO outcomes") for text in sent)


async def _counts(around: Outside) -> tuple[int, int]:
    return sum((await around.circleci())["asked"].values()), (await around.slack())["called"]
