"""Insights in words and tables: one workflow, several side by side, an organisation."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.measure import (
    UNKNOWN,
    format_count,
    format_credits,
    format_percent,
    format_rate,
    format_runs,
    format_seconds,
    format_trend,
)
from bot.blocks.table import MOST_ROWS, build_table
from bot.circleci.daily_runs import DailyStats, DayStats
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
from bot.language import N_, _, ngettext
from bot.language.formats import format_day
from bot.mrkdwn import as_bold, as_code, cut_apart

RENEWED = N_("CircleCI renews these numbers daily: the last 24 hours may be missing.")
NOT_FOR_BILLING = N_("Credits are for comparing, not for billing.")
_DAYS_IN_WORDS = 7


def render_workflow(
    title: str,
    metrics: RunMetrics,
    summary: WorkflowSummary | None,
    *,
    days: DailyStats,
    counted_by_us: bool,
    drawn: bool = True,
) -> list[kit.Block]:
    """The numbers of one workflow, each with its trend where CircleCI tells one; its days, if no picture has them."""
    trends = summary.trends if summary else Trends()
    fresh = (
        _("CircleCI has not summed these runs up yet (it does so daily), so I did.") if counted_by_us else _(RENEWED)
    )
    notes = [_format_trend_window(summary), fresh, _(NOT_FOR_BILLING), _format_chart_note(days) if drawn else ""]
    return [
        kit.section(f":bar_chart: {as_bold(title)}"),
        build_table((_("Measured"), _("Now"), _("Trend")), _numbers(metrics, trends)),
        *([] if drawn else [kit.section(_format_newest_days(days))]),
        _build_note(*notes),
    ]


def _build_note(*sentences: str) -> kit.Block:
    """All that is to be known of the numbers, as one note."""
    return kit.context(" ".join(filter(None, sentences)))


def _format_newest_days(days: DailyStats) -> str:
    newest = [day for day in reversed(days.days) if day.runs][:_DAYS_IN_WORDS]
    return "\n".join([_("The newest days with runs (UTC):"), *map(_format_day, newest)])


def _format_day(day: DayStats) -> str:
    return ngettext(
        "{day}: {passed} of {count} run passed, median {duration}",
        "{day}: {passed} of {count} runs passed, median {duration}",
        day.runs,
        day=format_day(day.date),
        passed=format_count(day.passed),
        duration=format_seconds(day.median_s),
    )


def _numbers(metrics: RunMetrics, trends: Trends) -> list[tuple[str, str, str]]:
    took = metrics.duration_metrics
    return [
        (_("Success rate"), format_percent(metrics.success_rate), format_trend(trends.success_rate)),
        (_("Runs"), format_count(metrics.total_runs), format_trend(trends.total_runs)),
        (_("Failed runs"), format_count(metrics.failed_runs), format_trend(trends.failed_runs)),
        (_("Runs a day"), format_rate(metrics.throughput), format_trend(trends.throughput)),
        (_("Median duration"), format_seconds(took.median), format_trend(trends.median_duration_secs)),
        (_("p95 duration"), format_seconds(took.p95), format_trend(trends.p95_duration_secs)),
        (_("Time to recovery"), format_seconds(metrics.mttr), format_trend(trends.mttr)),
        (_("Credits"), format_count(metrics.total_credits_used), format_trend(trends.total_credits_used)),
    ]


def _format_trend_window(summary: WorkflowSummary | None) -> str:
    """CircleCI chooses the window of its trends, so it is said."""
    window = summary.metrics if summary else None
    if window is None or window.window_start is None or window.window_end is None:
        return ""
    return _(
        "Trend: {first_day} to {last_day}, compared with the period before.",
        first_day=format_day(window.window_start),
        last_day=format_day(window.window_end),
    )


def _format_chart_note(days: DailyStats) -> str:
    if days.cut_before:
        return _(
            "There were too many runs to read them all: the picture has the newest {count}, from "
            "{first_day} on. The table counts all.",
            count=format_count(days.runs),
            first_day=format_day(days.cut_before),
        )
    return ngettext(
        "The picture has {count} single run by day (UTC).",
        "The picture has {count} single runs by day (UTC).",
        days.runs,
    )


def render_comparison(title: str, heading: str, rows: Sequence[NamedMetrics], *, note: str = "") -> list[kit.Block]:
    """Workflows or jobs (`heading` says which), the slowest first in the table, and the outliers."""
    return [
        kit.section(f":bar_chart: {as_bold(title)}{_format_outliers(rows)}"),
        build_table((heading, _("Passed"), _("Median"), "p95", _("Credits")), [_row(row) for row in rows]),
        _build_note(_("The slowest first."), note, _(RENEWED), _(NOT_FOR_BILLING), _format_left_out(len(rows))),
    ]


def _row(measured: NamedMetrics) -> tuple[str, ...]:
    metrics, took = measured.metrics, measured.metrics.duration_metrics
    numbers = (_format_passed(metrics.success_rate, metrics.total_runs), format_seconds(took.median))
    return (measured.name, *numbers, format_seconds(took.p95), format_count(metrics.total_credits_used))


def _format_passed(share: float | None, runs: int) -> str:
    return _("{share} of {runs}", share=format_percent(share), runs=format_count(runs)) if runs else UNKNOWN


def _format_left_out(rows: int) -> str:
    left = rows - MOST_ROWS
    return ngettext("…and {count} more is left out.", "…and {count} more are left out.", left) if left > 0 else ""


def _format_outliers(rows: Sequence[NamedMetrics]) -> str:
    """Nothing of two rows: the table says it at a glance."""
    if len(rows) < 3:
        return ""
    called = dict(zip([row.name for row in rows], cut_apart((row.name for row in rows), 80), strict=True))
    slow = sorted(rows, key=lambda row: -(row.metrics.duration_metrics.median or 0.0))[:3]
    shaky = sorted((row for row in rows if row.metrics.failed_runs), key=_share_passed)[:3]
    slowest = ", ".join(
        f"{as_code(called[row.name])} ({format_seconds(row.metrics.duration_metrics.median)})" for row in slow
    )
    least = ", ".join(f"{as_code(called[row.name])} ({_failures(row)})" for row in shaky) or _("none failed")
    return "\n" + _("Slowest: {slowest}\nLeast reliable: {least}", slowest=slowest, least=least)


def _share_passed(row: NamedMetrics) -> float:
    return 1.0 if row.metrics.success_rate is None else row.metrics.success_rate


def _failures(row: NamedMetrics) -> str:
    return _(
        "{failed} of {runs} failed",
        failed=format_count(row.metrics.failed_runs),
        runs=format_count(row.metrics.total_runs),
    )


def format_project_totals(summary: ProjectSummary, days: int) -> str:
    """One line over all workflows and branches."""
    totals, trends = summary.project_data.metrics, _get_trends(summary.project_data.trends, days)
    told = ngettext(
        "All workflows on all branches: {count} run, {share} passed.",
        "All workflows on all branches: {count} runs, {share} passed.",
        totals.total_runs,
        count=format_count(totals.total_runs),
        share=format_percent(totals.success_rate),
    )
    if not trends.total_runs:
        return told
    compared = _("Runs compared with the period before: {trend}.", trend=format_trend(trends.total_runs))
    return f"{told} {compared}"


def _get_trends(trends: Trends, days: int) -> Trends:
    """CircleCI keeps 90 days, so that it has trends of 30 days at most (CircleCI docs: Insights)."""
    return trends if days <= 30 else Trends()


def render_organisation(title: str, summary: OrgSummary, days: int) -> list[kit.Block]:
    """An organisation, and its projects by how much they ran."""
    projects = sorted(summary.org_project_data, key=lambda one: -one.metrics.total_runs)
    head = (_("Project"), _("Passed"), _("Trend"), _("Ran for"), _("Credits"))
    trend = (
        _("Trend: runs, compared with the period before.")
        if days <= 30
        else _("CircleCI has trends of 30 days at most.")
    )
    return [
        kit.section(f":bar_chart: {as_bold(title)}\n{_format_totals(summary.org_data, days)}"),
        *([build_table(head, [_project(one, days) for one in projects])] if projects else []),
        _build_note(_("The most runs first."), trend, _(RENEWED), _(NOT_FOR_BILLING), _format_left_out(len(projects))),
    ]


def _format_totals(org: TotalsWithTrends, days: int) -> str:
    totals, trends = org.metrics, _get_trends(org.trends, days)
    passed = _("{share} passed", share=format_percent(totals.success_rate))
    return ", ".join(
        [
            _add_trend(format_runs(totals.total_runs), trends.total_runs),
            passed,
            _add_trend(format_credits(totals.total_credits_used), trends.total_credits_used),
        ]
    )


def _add_trend(measured: str, trend: float | None) -> str:
    return f"{measured} ({format_trend(trend)})" if trend else measured


def _project(one: ProjectTotals, days: int) -> tuple[str, ...]:
    metrics = one.metrics
    return (
        one.project_name,
        _format_passed(metrics.success_rate, metrics.total_runs),
        format_trend(_get_trends(one.trends, days).total_runs),
        format_seconds(metrics.total_duration_secs),
        format_count(metrics.total_credits_used),
    )
