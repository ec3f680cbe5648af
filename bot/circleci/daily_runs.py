"""Single runs of a workflow, summed up a day at a time: what a chart over weeks can show. Days are those of UTC."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.circleci.insights_api import PastRuns
from bot.circleci.models import Durations, PastRun, RunMetrics
from bot.domain import BAD


@dataclass(frozen=True, slots=True)
class DayStats:
    """What ran on one day. Durations are seconds, None where nothing ran; `other` is canceled, and what is rare."""

    date: date
    passed: int = 0
    failed: int = 0
    other: int = 0
    median_s: float | None = None
    p95_s: float | None = None
    credits: int = 0

    @property
    def runs(self) -> int:
        return self.passed + self.failed + self.other


@dataclass(frozen=True, slots=True)
class DailyStats:
    """Every day from the first to the last, also those without runs. `runs_read` is how many runs they were made of.

    `cut_before` is the first whole day where older runs were too many to be read, else None.
    """

    days: tuple[DayStats, ...]
    runs_read: int
    cut_before: date | None = None

    @property
    def runs(self) -> int:
        return sum(day.runs for day in self.days)


def build_daily_stats(past: PastRuns, since: datetime, now: datetime) -> DailyStats:
    """The runs a day at a time, up to today. Of runs that were cut, the day that is only half known is left out."""
    by_date: dict[date, list[PastRun]] = defaultdict(list)
    for run in past.runs:
        if run.created_at:
            by_date[run.created_at.astimezone(UTC).date()].append(run)
    today = now.astimezone(UTC).date()
    first = since.astimezone(UTC).date()
    cut_before = None
    if past.cut and by_date:
        first = cut_before = min(min(by_date) + timedelta(days=1), today)
    dates = [first + timedelta(days=number) for number in range((today - first).days + 1)]
    return DailyStats(tuple(_build_day(each, by_date[each]) for each in dates), len(past.runs), cut_before)


def _build_day(of: date, runs: Sequence[PastRun]) -> DayStats:
    passed = sum(run.status == "success" for run in runs)
    failed = sum(run.status in BAD for run in runs)
    seconds = [run.duration for run in runs if run.duration is not None]
    return DayStats(
        date=of,
        passed=passed,
        failed=failed,
        other=len(runs) - passed - failed,
        median_s=statistics.median(seconds) if seconds else None,
        p95_s=compute_percentile(seconds, 95) if seconds else None,
        credits=sum(run.credits_used or 0 for run in runs),
    )


def compute_metrics(past: PastRuns, days: int) -> RunMetrics:
    """The numbers of runs that CircleCI has not summed up yet (it does so daily), by its own definitions."""
    runs = past.runs
    passed = sum(run.status == "success" for run in runs)
    failed = sum(run.status in BAD for run in runs)
    seconds = [run.duration for run in runs if run.duration is not None]
    return RunMetrics(
        total_runs=len(runs),
        successful_runs=passed,
        failed_runs=failed,
        success_rate=passed / (passed + failed) if passed + failed else None,
        throughput=len(runs) / days,
        mttr=_time_to_recovery_s(runs),
        total_credits_used=sum(run.credits_used or 0 for run in runs),
        duration_metrics=Durations(
            median=statistics.median(seconds) if seconds else None,
            p95=compute_percentile(seconds, 95) if seconds else None,
        ),
    )


def _time_to_recovery_s(newest_first: Sequence[PastRun]) -> float | None:
    """Seconds from a first failure to the next success, on average; None when nothing recovered."""
    waits: list[float] = []
    broke_at: datetime | None = None
    for run in reversed(newest_first):
        if run.status in BAD:
            broke_at = broke_at or run.stopped_at
        elif run.status == "success" and broke_at and run.stopped_at:
            waits.append((run.stopped_at - broke_at).total_seconds())
            broke_at = None
    return statistics.mean(waits) if waits else None


def compute_percentile(values: Iterable[float], percent: int) -> float:
    """The smallest value that so many in 100 do not exceed."""
    ordered = sorted(values)
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]
