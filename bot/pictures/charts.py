"""What a picture shows, as plain values, and in words for those who do not see it. Nothing here draws."""

from __future__ import annotations

from dataclasses import dataclass

from bot.blocks import status_blocks
from bot.blocks.measure import format_count, format_per_day, format_percent, format_seconds
from bot.circleci.daily_runs import DailyStats
from bot.circleci.job_timeline import Bar, Timeline
from bot.circleci.models import RunMetrics


@dataclass(frozen=True, slots=True)
class HealthChart:
    """How a workflow fared, day by day, below the numbers that CircleCI made of it."""

    title: str
    days: DailyStats
    metrics: RunMetrics

    @property
    def alt(self) -> str:
        first, last = self.days.days[0].date, self.days.days[-1].date
        return (
            f"Bar charts by day, {first:%d %b} to {last:%d %b %Y}: {self.title}. "
            f"{format_runs(self.metrics)}; {format_durations(self.metrics)}; "
            f"{format_recovery_and_credits(self.metrics)}."
        )


def format_runs(metrics: RunMetrics) -> str:
    runs = f"{metrics.total_runs:,} {_pluralize('run', metrics.total_runs)}"
    parts = [f"{format_percent(metrics.success_rate)} of {runs} passed"]
    return ", ".join(
        [*parts, *([f"{format_per_day(metrics.throughput)} a day"] if metrics.throughput is not None else [])]
    )


def format_durations(metrics: RunMetrics) -> str:
    took = metrics.duration_metrics
    if metrics.total_runs == 1:
        return f"it took {format_seconds(took.median)}"
    return f"median {format_seconds(took.median)}, p95 {format_seconds(took.p95)}"


def format_recovery_and_credits(metrics: RunMetrics) -> str:
    recovery = "no recovery" if metrics.mttr is None else f"time to recovery {format_seconds(metrics.mttr)}"
    return f"{recovery}, {format_count(metrics.total_credits_used)} credits"


def _pluralize(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


@dataclass(frozen=True, slots=True)
class RankingRow:
    """One workflow or job: its share of success and what it took, in seconds."""

    name: str
    success_rate: float | None
    runs: int
    median_s: float | None
    p95_s: float | None


@dataclass(frozen=True, slots=True)
class RankingChart:
    """Several workflows or jobs side by side: how reliable, and how slow."""

    title: str
    rows: tuple[RankingRow, ...]

    @property
    def alt(self) -> str:
        told = "; ".join(
            f"{row.name} {format_percent(row.success_rate)} of {row.runs:,}, median {format_seconds(row.median_s)}"
            for row in self.rows
        )
        return f"Bars of success and duration: {self.title}. {told}."


@dataclass(frozen=True, slots=True)
class GanttChart:
    """The jobs of one workflow over time."""

    title: str
    timeline: Timeline

    @property
    def alt(self) -> str:
        chain = " → ".join(f"{bar.name} {format_seconds(bar.ran_s)}" for bar in self.timeline.critical)
        bars = "; ".join(_format_bar(bar) for bar in self.timeline.bars)
        return (
            f"Timeline of {self.title}, {format_seconds(self.timeline.length_s)} long. Critical path: "
            f"{chain}. Jobs: {bars}."
        )


def _format_bar(bar: Bar) -> str:
    so_far = " so far" if bar.goes_on else ""
    queued = f" after {format_seconds(bar.queued_s)} in the queue" if bar.queued_s >= 1 else ""
    return f"{bar.name} {status_blocks.get_label(bar.status)}, {format_seconds(bar.ran_s)}{so_far}{queued}"
