"""What a picture shows, as plain values, and in words for those who do not see it. Nothing here draws."""

from __future__ import annotations

from dataclasses import dataclass

from bot.blocks import status_blocks
from bot.blocks.measure import format_count, format_per_day, format_percent, format_seconds
from bot.circleci.daily_runs import DailyStats
from bot.circleci.job_timeline import Bar, Timeline
from bot.circleci.models import RunMetrics
from bot.language import _


@dataclass(frozen=True, slots=True)
class HealthChart:
    """How a workflow fared, day by day, below the numbers that CircleCI made of it."""

    title: str
    days: DailyStats
    metrics: RunMetrics

    @property
    def alt(self) -> str:
        first, last = self.days.days[0].date, self.days.days[-1].date
        return _(
            "Bar charts by day, {first} to {last}: {title}. {runs}; {durations}; {recovery_and_credits}.",
            first=f"{first:%d %b}",
            last=f"{last:%d %b %Y}",
            title=self.title,
            runs=format_runs(self.metrics),
            durations=format_durations(self.metrics),
            recovery_and_credits=format_recovery_and_credits(self.metrics),
        )


def format_runs(metrics: RunMetrics) -> str:
    runs = f"{metrics.total_runs:,} {_pluralize('run', metrics.total_runs)}"
    parts = [_("{percent} of {runs} passed", percent=format_percent(metrics.success_rate), runs=runs)]
    return ", ".join(
        [
            *parts,
            *(
                [_("{per_day} a day", per_day=format_per_day(metrics.throughput))]
                if metrics.throughput is not None
                else []
            ),
        ]
    )


def format_durations(metrics: RunMetrics) -> str:
    took = metrics.duration_metrics
    if metrics.total_runs == 1:
        return _("it took {seconds}", seconds=format_seconds(took.median))
    return _(
        "median {seconds}, p95 {seconds_2}", seconds=format_seconds(took.median), seconds_2=format_seconds(took.p95)
    )


def format_recovery_and_credits(metrics: RunMetrics) -> str:
    recovery = (
        _("no recovery")
        if metrics.mttr is None
        else _("time to recovery {seconds}", seconds=format_seconds(metrics.mttr))
    )
    return _("{recovery}, {count} credits", recovery=recovery, count=format_count(metrics.total_credits_used))


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
            _(
                "{name} {percent} of {runs}, median {seconds}",
                name=row.name,
                percent=format_percent(row.success_rate),
                runs=f"{row.runs:,}",
                seconds=format_seconds(row.median_s),
            )
            for row in self.rows
        )
        return _("Bars of success and duration: {title}. {told}.", title=self.title, told=told)


@dataclass(frozen=True, slots=True)
class GanttChart:
    """The jobs of one workflow over time."""

    title: str
    timeline: Timeline

    @property
    def alt(self) -> str:
        chain = " → ".join(f"{bar.name} {format_seconds(bar.ran_s)}" for bar in self.timeline.critical)
        bars = "; ".join(_format_bar(bar) for bar in self.timeline.bars)
        return _(
            "Timeline of {title}, {seconds} long. Critical path: {chain}. Jobs: {bars}.",
            title=self.title,
            seconds=format_seconds(self.timeline.length_s),
            chain=chain,
            bars=bars,
        )


def _format_bar(bar: Bar) -> str:
    so_far = _(" so far") if bar.goes_on else ""
    queued = _(" after {seconds} in the queue", seconds=format_seconds(bar.queued_s)) if bar.queued_s >= 1 else ""
    return f"{bar.name} {status_blocks.get_label(bar.status)}, {format_seconds(bar.ran_s)}{so_far}{queued}"
