"""Metrics over past runs (CircleCI docs: Insights metrics glossary). Durations are seconds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from sandbox.circleci.api_json import Json
from sandbox.circleci.run_records import RunRecord

N = TypeVar("N", int, float)

INFINITE = -1.0
"""The trend of what came out of nothing."""


class MeasuredRun(Protocol):
    """A workflow's or a job's."""

    @property
    def status(self) -> str: ...
    @property
    def duration_s(self) -> int: ...


def count_runs(runs: Sequence[MeasuredRun], days: float) -> Json:
    """What workflows and jobs have in common."""
    succeeded, failed = _number(runs, "success"), _number(runs, "failed")
    return {
        "total_runs": len(runs),
        "successful_runs": succeeded,
        "failed_runs": failed,
        "success_rate": compute_success_rate(runs),
        "throughput": len(runs) / max(days, 1.0),
        "duration_metrics": compute_durations([run.duration_s for run in runs]),
    }


def compute_success_rate(runs: Sequence[MeasuredRun]) -> float:
    """Of those that passed or failed; what was canceled does not count."""
    succeeded, failed = _number(runs, "success"), _number(runs, "failed")
    return succeeded / (succeeded + failed) if succeeded + failed else 0.0


def _number(runs: Sequence[MeasuredRun], status: str) -> int:
    return sum(run.status == status for run in runs)


def compute_durations(seconds: Sequence[int]) -> Json:
    ordered = sorted(seconds)
    if not ordered:
        return dict.fromkeys(("min", "mean", "median", "p95", "max", "standard_deviation"))
    return {
        "min": ordered[0],
        "mean": round(statistics.mean(ordered)),
        "median": round(statistics.median(ordered)),
        "p95": compute_p95(ordered),
        "max": ordered[-1],
        "standard_deviation": statistics.pstdev(ordered),
    }


def compute_p95(ordered: Sequence[N]) -> N | int:
    return ordered[(len(ordered) * 95 - 1) // 100] if ordered else 0


def compute_recovery(newest_first: Sequence[RunRecord]) -> tuple[int | None, int]:
    """The mean seconds from a failure to the next success, and how often that came."""
    waits: list[float] = []
    broke_at: datetime | None = None
    for run in reversed(newest_first):
        if run.status == "failed":
            broke_at = broke_at or run.stopped_at
        elif run.status == "success" and broke_at:
            waits.append((run.stopped_at - broke_at).total_seconds())
            broke_at = None
    return (round(statistics.mean(waits)) if waits else None), len(waits)


def compute_trends(now: Json, before: Json) -> Json:
    """Now divided by before: 1.0 is no change (docs: "Trends received from the CircleCI API")."""
    return {name: _trend(now[name], before[name]) for name in now}


def _trend(now: float | None, before: float | None) -> float:
    if not before:
        return INFINITE if now else 1.0
    return (now or 0.0) / before
