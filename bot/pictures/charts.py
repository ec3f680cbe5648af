"""What a picture shows, as plain values, and in words for those who do not see it. Nothing here draws."""

from __future__ import annotations

from dataclasses import dataclass

from bot.blocks import status_blocks
from bot.blocks.measure import a_day, count, percent, seconds
from bot.circleci.daily_runs import Days
from bot.circleci.job_timeline import Bar, Timeline
from bot.circleci.models import Metrics


@dataclass(frozen=True, slots=True)
class Health:
    """How a workflow fared, day by day, below the numbers that CircleCI made of it."""

    title: str
    days: Days
    metrics: Metrics

    @property
    def alt(self) -> str:
        first, last = self.days.days[0].date, self.days.days[-1].date
        return (
            f"Bar charts by day, {first:%d %b} to {last:%d %b %Y}: {self.title}. "
            f"{runs_said(self.metrics)}; {durations_said(self.metrics)}; {rest_said(self.metrics)}."
        )


def runs_said(metrics: Metrics) -> str:
    parts = [f"{percent(metrics.success_rate)} of {metrics.total_runs:,} {_plural('run', metrics.total_runs)} passed"]
    return ", ".join([*parts, *([f"{a_day(metrics.throughput)} a day"] if metrics.throughput is not None else [])])


def durations_said(metrics: Metrics) -> str:
    took = metrics.duration_metrics
    if metrics.total_runs == 1:
        return f"it took {seconds(took.median)}"
    return f"median {seconds(took.median)}, 95 of 100 within {seconds(took.p95)}"


def rest_said(metrics: Metrics) -> str:
    recovery = "no recovery" if metrics.mttr is None else f"time to recovery {seconds(metrics.mttr)}"
    return f"{recovery}, {count(metrics.total_credits_used)} credits"


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


@dataclass(frozen=True, slots=True)
class Row:
    """One workflow or job: its share of success and what it took, in seconds."""

    name: str
    success_rate: float | None
    runs: int
    median_s: float | None
    p95_s: float | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Several workflows or jobs side by side: how reliable, and how slow."""

    title: str
    rows: tuple[Row, ...]

    @property
    def alt(self) -> str:
        told = "; ".join(
            f"{row.name} {percent(row.success_rate)} of {row.runs:,}, median {seconds(row.median_s)}"
            for row in self.rows
        )
        return f"Bars of success and duration: {self.title}. {told}."


@dataclass(frozen=True, slots=True)
class Gantt:
    """The jobs of one workflow over time."""

    title: str
    timeline: Timeline

    @property
    def alt(self) -> str:
        chain = " → ".join(f"{bar.name} {seconds(bar.ran_s)}" for bar in self.timeline.critical)
        bars = "; ".join(_told(bar) for bar in self.timeline.bars)
        return (
            f"Timeline of {self.title}, {seconds(self.timeline.length_s)} long. Critical path: {chain}. Jobs: {bars}."
        )


def _told(bar: Bar) -> str:
    so_far = " so far" if bar.goes_on else ""
    queued = f" after {seconds(bar.queued_s)} in the queue" if bar.queued_s >= 1 else ""
    return f"{bar.name} {status_blocks.word(bar.status)}, {seconds(bar.ran_s)}{so_far}{queued}"
