"""5. From the end of a workflow to its message in Slack: by webhooks, and by polling alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bench.bots import KEY, working
from bench.company import Company, hooked
from bench.databases import insert_all, on_sqlite
from bench.outside.world import SECRET, Outside, outside
from bench.tables import Goal, Line, Table, at_most
from bench.timing import percentile_ms
from bot.clock import SystemClock
from bot.rules.rule import Rule
from bot.store.vault import Vault

COMPANY = Company(organisations=2, projects_each=20, channels=40)
EVERYTHING = Rule.parse({"only": ["passed", "failed"]})
_PACE = 1000.0
"""Of Slack's limits: what is measured is us, and a channel's pace is Slack's."""

_FIRST = 5
"""Outcomes, which are not counted: with them a process compiles its statements, which takes a tenth of a second."""


@dataclass(frozen=True, slots=True)
class Course:
    """So many outcomes, so many a second; builds last `lasts_s`, so that polling knows them before they end."""

    per_s: float
    count: int
    lasts_s: float
    interval_s: float
    webhooks: bool

    def __str__(self) -> str:
        return f"{self.per_s:g} outcome{'s' * (self.per_s != 1)} a second"

    @property
    def physical_ms(self) -> float:
        """Half an interval for a poller; one hop, which is next to nothing on loopback, for webhooks."""
        return 1.0 if self.webhooks else 1000 * self.interval_s / 2


_TOLD = (Course(1, 20, 4, 5.0, webhooks=True), Course(20, 200, 4, 5.0, webhooks=True))
_POLLED = (Course(1, 80, 12, 5.0, webhooks=False), Course(20, 400, 12, 5.0, webhooks=False))


async def latency() -> list[Table]:
    told = [(course, await _ran(course)) for course in _TOLD]
    polled = [(course, await _ran(course)) for course in _POLLED]
    return [
        Table(
            "5. A workflow ends, its message arrives: webhooks", ("one hop",), _lines(told), goals=_webhook_goals(told)
        ),
        Table(
            "5. A workflow ends, its message arrives: polling every 5 s",
            ("half the interval",),
            _lines(polled),
            goals=_polling_goals(polled),
        ),
    ]


@dataclass(frozen=True, slots=True)
class Told:
    """How long after the end of each workflow, in seconds: its card, which says how it ended, and its notice."""

    cards_s: dict[str, float]
    notices_s: dict[str, float]

    def leave_out(self, others: Told) -> Told:
        return Told(
            {workflow: late_s for workflow, late_s in self.cards_s.items() if workflow not in others.cards_s},
            {workflow: late_s for workflow, late_s in self.notices_s.items() if workflow not in others.notices_s},
        )


Ran = Sequence[tuple[Course, Told]]


def _lines(ran: Ran) -> list[Line]:
    return [
        Line(f"{course}: {what}, {name}", "ms", percentile_ms(took_s.values(), part), (course.physical_ms,))
        for course, told in ran
        for what, took_s in (("the card says it", told.cards_s), ("the notice in its thread", told.notices_s))
        for name, part in (("p50", 0.5), ("p99", 0.99))
    ]


def _webhook_goals(ran: Ran) -> tuple[Goal, ...]:
    goals = []
    for course, told in ran:
        p50, p99 = (percentile_ms(told.cards_s.values(), part) for part in (0.5, 0.99))
        goals.append(at_most(f"webhooks, {course}: p50 at most 12 ms", p50, 12, " ms"))
        goals.append(at_most(f"webhooks, {course}: p99 at most 60 ms", p99, 60, " ms"))
    return tuple(goals)


def _polling_goals(ran: Ran) -> tuple[Goal, ...]:
    return tuple(
        at_most(
            f"polling, {course}: p50 within 1.1 of half the interval",
            percentile_ms(told.cards_s.values(), 0.5) / course.physical_ms,
            1.1,
            " times",
        )
        for course, told in ran
    )


async def _ran(course: Course) -> Told:
    now = SystemClock().now()
    async with outside() as around, on_sqlite() as url:
        await around.opens(COMPANY.projects)
        await insert_all(url, COMPANY.rows(now, [EVERYTHING]))
        if course.webhooks:
            await insert_all(url, hooked(COMPANY.projects, now, Vault([KEY]), SECRET))
        async with working(around, url, poll_interval_s=course.interval_s, slack_pace=_PACE) as (_, hook_url):
            push = partial(
                around.pushes,
                COMPANY.projects,
                every_s=1 / course.per_s,
                lasts_s=course.lasts_s,
                spread_s=0.0 if course.webhooks else course.interval_s,
                tell=hook_url if course.webhooks else None,
            )
            await push(count=_FIRST)
            first = await _wait_until_told(around, course, _FIRST)
            await push(count=course.count)
            return (await _wait_until_told(around, course, _FIRST + course.count)).leave_out(first)


async def _wait_until_told(around: Outside, course: Course, count: int) -> Told:
    """Outcomes that are never told end the benchmark with an error."""
    until_s = time.monotonic() + count / course.per_s + course.lasts_s + 60
    while True:
        ended_at, slack = (await around.circleci())["ended_at"], await around.slack()
        notices = {key.partition(":")[0]: at_s for key, at_s in slack["arrived_at"].items() if key.startswith("w-")}
        if len(notices) >= count:
            return Told(_since(ended_at, card_times(slack["arrived_at"])), _since(ended_at, notices))
        if time.monotonic() > until_s:
            raise RuntimeError(f"{count - len(notices)} of {count} outcomes were never told")
        await asyncio.sleep(1)


def card_times(arrived_at: Mapping[str, float]) -> dict[str, float]:
    """When the card of each workflow was posted, by the keys of all messages (bench/outside/builds.py makes the ids).

    Rules that hear of ends alone have it posted when it ends, and no sooner.
    """
    return {f"w-{key.removeprefix('card:')}": at_s for key, at_s in arrived_at.items() if key.startswith("card:")}


def _since(ended_at: Mapping[str, float], told_at: Mapping[str, float]) -> dict[str, float]:
    return {workflow: at_s - ended_at[workflow] for workflow, at_s in told_at.items()}
