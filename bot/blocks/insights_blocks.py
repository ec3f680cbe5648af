"""Insights in words and tables: one workflow, several side by side, an organisation."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.measure import a_day, change, count, percent, seconds
from bot.blocks.table import MOST_ROWS, table
from bot.circleci.daily_runs import Days
from bot.circleci.models import (
    Measured,
    Metrics,
    OrgSummary,
    ProjectSummary,
    Summed,
    SummedProject,
    Trends,
    WorkflowSummary,
)
from bot.mrkdwn import bold, code

RENEWED = "CircleCI renews these numbers daily: the last 24 hours may be missing."
NOT_FOR_BILLING = "Credits are for comparing, not for billing."


def one_workflow(
    title: str, metrics: Metrics, summary: WorkflowSummary | None, days: Days, *, counted_by_us: bool
) -> list[kit.Block]:
    """The numbers of one workflow, each with its trend where CircleCI tells one."""
    trends = summary.trends if summary else Trends()
    fresh = "CircleCI has not summed these runs up yet (it does so daily), so I did." if counted_by_us else RENEWED
    return [
        kit.section(f":bar_chart: {bold(title)}"),
        table(("Measured", "Now", "Trend"), _numbers(metrics, trends)),
        kit.context(*filter(None, [_trend_of(summary), fresh, NOT_FOR_BILLING, _chart_of(days)])),
    ]


def _numbers(metrics: Metrics, trends: Trends) -> list[tuple[str, str, str]]:
    took = metrics.duration_metrics
    return [
        ("Success rate", percent(metrics.success_rate), change(trends.success_rate)),
        ("Runs", count(metrics.total_runs), change(trends.total_runs)),
        ("Failed runs", count(metrics.failed_runs), change(trends.failed_runs)),
        ("Runs a day", a_day(metrics.throughput), change(trends.throughput)),
        ("Median duration", seconds(took.median), change(trends.median_duration_secs)),
        ("95 of 100 within", seconds(took.p95), change(trends.p95_duration_secs)),
        ("Time to recovery", seconds(metrics.mttr), change(trends.mttr)),
        ("Credits", count(metrics.total_credits_used), change(trends.total_credits_used)),
    ]


def _trend_of(summary: WorkflowSummary | None) -> str:
    """CircleCI chooses the window of its trends, so it is said."""
    if summary is None or summary.metrics.window_start is None or summary.metrics.window_end is None:
        return ""
    window = summary.metrics
    return f"Trend: {window.window_start:%d %b} to {window.window_end:%d %b}, against as long before."


def _chart_of(days: Days) -> str:
    if days.cut_before:
        return (
            f"There were too many runs to read them all: the picture has the newest {days.runs:,}, "
            f"from {days.cut_before:%d %b} on. The table counts all."
        )
    return f"The picture has {days.runs:,} single runs by day (UTC)."


def side_by_side(title: str, noun: str, rows: Sequence[Measured], note: str = "") -> list[kit.Block]:
    """Workflows or jobs, the slowest first in the table, and which stand out."""
    more = f"{len(rows) - MOST_ROWS} more are left out." if len(rows) > MOST_ROWS else ""
    return [
        kit.section(f":bar_chart: {bold(title)}\n{_standing_out(rows)}"),
        table((noun, "Passed", "Runs", "Median", "95 of 100", "Credits"), [_row(row) for row in rows]),
        kit.context(*filter(None, [note, RENEWED, NOT_FOR_BILLING, more])),
    ]


def _row(measured: Measured) -> tuple[str, ...]:
    metrics, took = measured.metrics, measured.metrics.duration_metrics
    numbers = percent(metrics.success_rate), count(metrics.total_runs), seconds(took.median), seconds(took.p95)
    return (measured.name, *numbers, count(metrics.total_credits_used))


def _standing_out(rows: Sequence[Measured]) -> str:
    slow = sorted(rows, key=lambda row: -(row.metrics.duration_metrics.median or 0.0))[:3]
    shaky = sorted((row for row in rows if row.metrics.failed_runs), key=_share_passed)[:3]
    slowest = ", ".join(f"{code(row.name, 80)} ({seconds(row.metrics.duration_metrics.median)})" for row in slow)
    least = ", ".join(f"{code(row.name, 80)} ({_failures(row)})" for row in shaky) or "none failed"
    return f"Slowest: {slowest}\nLeast reliable: {least}"


def _share_passed(row: Measured) -> float:
    return 1.0 if row.metrics.success_rate is None else row.metrics.success_rate


def _failures(row: Measured) -> str:
    return f"{row.metrics.failed_runs:,} of {row.metrics.total_runs:,} failed"


def whole_project(summary: ProjectSummary, days: int) -> str:
    """One line over all workflows and branches."""
    totals, trends = summary.project_data.metrics, _known(summary.project_data.trends, days)
    against = f" ({change(trends.total_runs)} against as long before)" if trends.total_runs else ""
    passed = percent(totals.success_rate)
    return f"All workflows on all branches: {totals.total_runs:,} runs{against}, {passed} passed."


def _known(trends: Trends, days: int) -> Trends:
    """CircleCI keeps 90 days, so that it has trends of 30 days at most (CircleCI docs: Insights)."""
    return trends if days <= 30 else Trends()


def organisation(title: str, summary: OrgSummary, days: int) -> list[kit.Block]:
    """An organisation, and its projects by how much they ran."""
    projects = sorted(summary.org_project_data, key=lambda one: -one.metrics.total_runs)
    more = f"{len(projects) - MOST_ROWS} more are left out." if len(projects) > MOST_ROWS else ""
    head = ("Project", "Passed", "Runs", "Trend", "Ran for", "Credits")
    trend = "Trend: runs against as long before." if days <= 30 else "CircleCI has trends of 30 days at most."
    return [
        kit.section(f":bar_chart: {bold(title)}\n{_told(summary.org_data, days)}"),
        *([table(head, [_project(one, days) for one in projects])] if projects else []),
        kit.context(trend, RENEWED, NOT_FOR_BILLING, more),
    ]


def _told(org: Summed, days: int) -> str:
    totals, trends = org.metrics, _known(org.trends, days)
    runs, dearer = (f" ({change(one)})" if one else "" for one in (trends.total_runs, trends.total_credits_used))
    credits_used = count(totals.total_credits_used)
    return f"{totals.total_runs:,} runs{runs}, {percent(totals.success_rate)} passed, {credits_used} credits{dearer}"


def _project(one: SummedProject, days: int) -> tuple[str, ...]:
    metrics = one.metrics
    return (
        one.project_name,
        percent(metrics.success_rate),
        count(metrics.total_runs),
        change(_known(one.trends, days).total_runs),
        seconds(metrics.total_duration_secs),
        count(metrics.total_credits_used),
    )
