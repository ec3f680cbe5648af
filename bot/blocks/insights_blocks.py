"""Insights in words and tables: one workflow, several side by side, an organisation."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.measure import UNKNOWN, format_count, format_per_day, format_percent, format_seconds, format_trend
from bot.blocks.table import MOST_ROWS, build_table
from bot.circleci.daily_runs import DailyStats
from bot.circleci.models import (
    NamedMetrics,
    OrgSummary,
    ProjectSummary,
    ProjectTotals,
    RunMetrics,
    TotalsWithTrends,
    Trends,
    WorkflowSummary,
)
from bot.language import N_, _
from bot.mrkdwn import as_bold, as_code, format_leftover

RENEWED = N_("CircleCI renews these numbers daily: the last 24 hours may be missing.")
NOT_FOR_BILLING = N_("Credits are for comparing, not for billing.")


def render_workflow(
    title: str, metrics: RunMetrics, summary: WorkflowSummary | None, *, days: DailyStats, counted_by_us: bool
) -> list[kit.Block]:
    """The numbers of one workflow, each with its trend where CircleCI tells one."""
    trends = summary.trends if summary else Trends()
    fresh = _("CircleCI has not summed these runs up yet (it does so daily), so I did.") if counted_by_us else RENEWED
    return [
        kit.section(f":bar_chart: {as_bold(title)}"),
        build_table((_("Measured"), _("Now"), _("Trend")), _numbers(metrics, trends)),
        kit.context(*filter(None, [_format_trend_window(summary), fresh, NOT_FOR_BILLING, _format_chart_note(days)])),
    ]


def _numbers(metrics: RunMetrics, trends: Trends) -> list[tuple[str, str, str]]:
    took = metrics.duration_metrics
    return [
        (_("Success rate"), format_percent(metrics.success_rate), format_trend(trends.success_rate)),
        (_("Runs"), format_count(metrics.total_runs), format_trend(trends.total_runs)),
        (_("Failed runs"), format_count(metrics.failed_runs), format_trend(trends.failed_runs)),
        (_("Runs a day"), format_per_day(metrics.throughput), format_trend(trends.throughput)),
        (_("Median duration"), format_seconds(took.median), format_trend(trends.median_duration_secs)),
        ("p95 duration", format_seconds(took.p95), format_trend(trends.p95_duration_secs)),
        (_("Time to recovery"), format_seconds(metrics.mttr), format_trend(trends.mttr)),
        (_("Credits"), format_count(metrics.total_credits_used), format_trend(trends.total_credits_used)),
    ]


def _format_trend_window(summary: WorkflowSummary | None) -> str:
    """CircleCI chooses the window of its trends, so it is said."""
    if summary is None or summary.metrics.window_start is None or summary.metrics.window_end is None:
        return ""
    window = summary.metrics
    return _(
        "Trend: {window_start} to {window_end}, compared with the period before.",
        window_start=f"{window.window_start:%d %b}",
        window_end=f"{window.window_end:%d %b}",
    )


def _format_chart_note(days: DailyStats) -> str:
    if days.cut_before:
        return _(
            "There were too many runs to read them all: the picture has the newest {count}, from "
            "{cut_before} on. The table counts all.",
            count=format_count(days.runs),
            cut_before=f"{days.cut_before:%d %b}",
        )
    return _("The picture has {count} single runs by day (UTC).", count=format_count(days.runs))


def render_comparison(title: str, noun: str, rows: Sequence[NamedMetrics], *, note: str = "") -> list[kit.Block]:
    """Workflows or jobs, the slowest first in the table, and the outliers."""
    more = format_leftover(len(rows) - MOST_ROWS, _(" are left out."))
    return [
        kit.section(f":bar_chart: {as_bold(title)}\n{_format_outliers(rows)}"),
        build_table((noun, _("Passed"), _("Median"), "p95", _("Credits")), [_row(row) for row in rows]),
        kit.context(*filter(None, [_("The slowest first."), note, RENEWED, NOT_FOR_BILLING, more])),
    ]


def _row(measured: NamedMetrics) -> tuple[str, ...]:
    metrics, took = measured.metrics, measured.metrics.duration_metrics
    numbers = (_format_passed(metrics.success_rate, metrics.total_runs), format_seconds(took.median))
    return (measured.name, *numbers, format_seconds(took.p95), format_count(metrics.total_credits_used))


def _format_passed(share: float | None, runs: int) -> str:
    return _("{percent} of {count}", percent=format_percent(share), count=format_count(runs)) if runs else UNKNOWN


def _format_outliers(rows: Sequence[NamedMetrics]) -> str:
    slow = sorted(rows, key=lambda row: -(row.metrics.duration_metrics.median or 0.0))[:3]
    shaky = sorted((row for row in rows if row.metrics.failed_runs), key=_share_passed)[:3]
    slowest = ", ".join(
        f"{as_code(row.name, 80)} ({format_seconds(row.metrics.duration_metrics.median)})" for row in slow
    )
    least = ", ".join(f"{as_code(row.name, 80)} ({_failures(row)})" for row in shaky) or _("none failed")
    return _("Slowest: {slowest}\nLeast reliable: {least}", slowest=slowest, least=least)


def _share_passed(row: NamedMetrics) -> float:
    return 1.0 if row.metrics.success_rate is None else row.metrics.success_rate


def _failures(row: NamedMetrics) -> str:
    return _(
        "{count} of {count_2} failed",
        count=format_count(row.metrics.failed_runs),
        count_2=format_count(row.metrics.total_runs),
    )


def format_project_totals(summary: ProjectSummary, days: int) -> str:
    """One line over all workflows and branches."""
    totals, trends = summary.project_data.metrics, _get_trends(summary.project_data.trends, days)
    compared = (
        _(" ({trend} compared with the period before)", trend=format_trend(trends.total_runs))
        if trends.total_runs
        else ""
    )
    passed = format_percent(totals.success_rate)
    return _(
        "All workflows on all branches: {count} runs{compared}, {passed} passed.",
        count=format_count(totals.total_runs),
        compared=compared,
        passed=passed,
    )


def _get_trends(trends: Trends, days: int) -> Trends:
    """CircleCI keeps 90 days, so that it has trends of 30 days at most (CircleCI docs: Insights)."""
    return trends if days <= 30 else Trends()


def render_organisation(title: str, summary: OrgSummary, days: int) -> list[kit.Block]:
    """An organisation, and its projects by how much they ran."""
    projects = sorted(summary.org_project_data, key=lambda one: -one.metrics.total_runs)
    more = format_leftover(len(projects) - MOST_ROWS, _(" are left out."))
    head = (_("Project"), _("Passed"), _("Trend"), _("Ran for"), _("Credits"))
    trend = (
        _("Trend: runs, compared with the period before.")
        if days <= 30
        else _("CircleCI has trends of 30 days at most.")
    )
    return [
        kit.section(f":bar_chart: {as_bold(title)}\n{_format_totals(summary.org_data, days)}"),
        *([build_table(head, [_project(one, days) for one in projects])] if projects else []),
        kit.context(_("The most runs first."), trend, RENEWED, NOT_FOR_BILLING, more),
    ]


def _format_totals(org: TotalsWithTrends, days: int) -> str:
    totals, trends = org.metrics, _get_trends(org.trends, days)
    runs, dearer = (f" ({format_trend(one)})" if one else "" for one in (trends.total_runs, trends.total_credits_used))
    credits_used = format_count(totals.total_credits_used)
    return _(
        "{count} runs{runs}, {percent} passed, {credits_used} credits{dearer}",
        count=format_count(totals.total_runs),
        runs=runs,
        percent=format_percent(totals.success_rate),
        credits_used=credits_used,
        dearer=dearer,
    )


def _project(one: ProjectTotals, days: int) -> tuple[str, ...]:
    metrics = one.metrics
    return (
        one.project_name,
        _format_passed(metrics.success_rate, metrics.total_runs),
        format_trend(_get_trends(one.trends, days).total_runs),
        format_seconds(metrics.total_duration_secs),
        format_count(metrics.total_credits_used),
    )
