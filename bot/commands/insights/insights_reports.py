"""The insights of a workflow, its jobs, a project or an organisation: read, and rendered as text and chart."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.blocks import insights_blocks, kit, org_blocks, project_blocks
from bot.circleci.daily_runs import build_daily_stats, compute_metrics
from bot.circleci.insights_api import InsightsScope
from bot.circleci.models import Collaboration, NamedMetrics, Project
from bot.command import Context
from bot.language import _, ngettext
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.pictures.charts import HealthChart, RankingChart, RankingRow
from bot.pictures.drawing_thread import can_draw

_LONG = 25
"""Pages of single runs that take some seconds to read, so that people want to know."""


@dataclass(frozen=True, slots=True)
class InsightsReport:
    """Words and numbers, and what to draw with them (nothing, where there is nothing to see)."""

    message: Message
    chart: HealthChart | RankingChart | None = None


async def fetch_report(
    context: Context,
    project: Project,
    name: str | None,
    scope: InsightsScope,
    known: Sequence[NamedMetrics],
    *,
    jobs: bool,
) -> InsightsReport:
    """A workflow, its jobs, or (without a name) all workflows; `known` are those that CircleCI measured."""
    if name is None:
        return await _fetch_project_report(context, project, scope, known)
    if jobs:
        return await _fetch_jobs_report(context, project, name, scope)
    return await _fetch_workflow_report(context, project, name, scope, known)


async def _fetch_workflow_report(
    context: Context, project: Project, name: str, scope: InsightsScope, known: Sequence[NamedMetrics]
) -> InsightsReport:
    """One workflow, which may be too young to be known."""
    now = context.clock.now()
    since = now - timedelta(days=scope.days)
    past, summary = await asyncio.gather(
        context.circleci.list_past_runs(
            project.project, name, scope, since=since, so_far=partial(_show_progress, context)
        ),
        context.circleci.fetch_workflow_summary(project.project, name, scope),
    )
    measured = next((one.metrics for one in known if one.name == name), None)
    metrics = measured or compute_metrics(past, scope.days)
    what = _("{workflow} of {project}", workflow=as_code(name), project=project_blocks.format_name(project))
    title = f"{what} {_format_where(scope, project)}"
    if not metrics.total_runs:
        return _build_empty_report(title)
    days = build_daily_stats(past, since, now)
    blocks = insights_blocks.render_workflow(
        title, metrics, summary, days=days, counted_by_us=measured is None, drawn=can_draw()
    )
    return InsightsReport(
        Message(title, blocks), HealthChart(f"{name} {_format_plain_where(scope, project)}", days, metrics)
    )


async def _show_progress(context: Context, pages: int, runs: int) -> None:
    if pages >= _LONG:
        await context.progress(
            ngettext(
                ":hourglass_flowing_sand: Reading single runs: {count} so far…",
                ":hourglass_flowing_sand: Reading single runs: {count} so far…",
                runs,
            )
        )


async def _fetch_jobs_report(context: Context, project: Project, name: str, scope: InsightsScope) -> InsightsReport:
    jobs = await context.circleci.list_job_metrics(project.project, name, scope)
    what = _("Jobs of {workflow} of {project}", workflow=as_code(name), project=project_blocks.format_name(project))
    plain = _("Jobs of {workflow}", workflow=name)
    return _build_comparison(
        f"{what} {_format_where(scope, project)}", f"{plain} {_format_plain_where(scope, project)}", _("Job"), jobs
    )


async def _fetch_project_report(
    context: Context, project: Project, scope: InsightsScope, known: Sequence[NamedMetrics]
) -> InsightsReport:
    """All workflows side by side."""
    summary = await context.circleci.fetch_project_summary(project.project, scope)
    what = _("Workflows of {project}", project=project_blocks.format_name(project))
    plain = _("Workflows of {project}", project=project.full_name)
    return _build_comparison(
        f"{what} {_format_where(scope, project)}",
        f"{plain} {_format_plain_where(scope, project)}",
        _("Workflow"),
        known,
        insights_blocks.format_project_totals(summary, scope.days) if summary else "",
    )


def _build_comparison(
    title: str, plain: str, heading: str, measured: Sequence[NamedMetrics], note: str = ""
) -> InsightsReport:
    if not measured:
        return _build_empty_report(title)
    slowest_first = sorted(measured, key=lambda one: -(one.metrics.duration_metrics.median or 0.0))
    rows = tuple(_build_row(one) for one in slowest_first)
    return InsightsReport(
        Message(title, insights_blocks.render_comparison(title, heading, slowest_first, note=note)),
        RankingChart(plain, rows),
    )


def _build_empty_report(title: str) -> InsightsReport:
    text = _("Nothing ran: {title}.", title=title)
    return InsightsReport(Message(text, [kit.section(text)]))


def _build_row(one: NamedMetrics) -> RankingRow:
    took = one.metrics.duration_metrics
    return RankingRow(one.name, one.metrics.success_rate, one.metrics.total_runs, took.median, took.p95)


async def fetch_organisation_report(context: Context, org: Collaboration, scope: InsightsScope) -> Message:
    summary = await context.circleci.fetch_org_summary(org.slug, scope)
    title = _("Projects of {organisation}, last {days} days", organisation=org_blocks.format_name(org), days=scope.days)
    return Message(title, insights_blocks.render_organisation(title, summary, scope.days))


def _format_where(scope: InsightsScope, project: Project) -> str:
    """As mrkdwn."""
    branch = scope.branch or project.default_branch
    return _format_scope(scope, as_code(branch, 100) if branch else "")


def _format_plain_where(scope: InsightsScope, project: Project) -> str:
    """For a picture, which knows no markup."""
    return _format_scope(scope, scope.branch or project.default_branch or "")


def _format_scope(scope: InsightsScope, branch: str) -> str:
    if scope.all_branches:
        return _("on all branches, last {days} days", days=scope.days)
    if branch:
        return _("on {branch}, last {days} days", branch=branch, days=scope.days)
    return _("on its default branch, last {days} days", days=scope.days)


def build_file_name(*parts: str) -> str:
    """A file's name of words that people chose."""
    return "-".join("".join(char if char.isalnum() else "-" for char in part)[:40] for part in parts) + ".png"
