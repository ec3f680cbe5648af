"""What insights say of a workflow, its jobs, a project or an organisation: read, told and drawn."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.blocks import insights_blocks, kit, org_blocks, project_blocks
from bot.circleci.daily_runs import days_of, metrics_of
from bot.circleci.insights_api import Scope
from bot.circleci.models import Collaboration, Measured, Project
from bot.command import Context
from bot.messages import Message
from bot.mrkdwn import code
from bot.pictures.charts import Health, Ranking, Row

_LONG = 25
"""Pages of single runs that take some seconds to read, so that people want to know."""


@dataclass(frozen=True, slots=True)
class Told:
    """Words and numbers, and what to draw with them (nothing, where there is nothing to see)."""

    message: Message
    chart: Health | Ranking | None = None


async def told(
    context: Context, project: Project, name: str | None, scope: Scope, known: Sequence[Measured], *, jobs: bool
) -> Told:
    """A workflow, its jobs, or (without a name) all workflows; `known` are those that CircleCI measured."""
    if name is None:
        return await _of_project(context, project, scope, known)
    if jobs:
        return await _of_jobs(context, project, name, scope)
    return await _of_workflow(context, project, name, scope, known)


async def _of_workflow(context: Context, project: Project, name: str, scope: Scope, known: Sequence[Measured]) -> Told:
    """One workflow, which may be too young to be known."""
    now = context.clock.now()
    since = now - timedelta(days=scope.days)
    past, summary = await asyncio.gather(
        context.circleci.past_runs(project.project, name, scope, since, partial(_reading, context)),
        context.circleci.workflow_summary(project.project, name, scope),
    )
    measured = next((one.metrics for one in known if one.name == name), None)
    metrics = measured or metrics_of(past, scope.days)
    title = f"{code(name)} of {project_blocks.named(project)} {_where(scope, project)}"
    if not metrics.total_runs:
        return Told(Message(f"There are no runs of {title}.", [kit.section(f"There are no runs of {title}.")]))
    days = days_of(past, since, now)
    told = insights_blocks.one_workflow(title, metrics, summary, days, counted_by_us=measured is None)
    return Told(Message(title, told), Health(f"{name} {_plainly(scope, project)}", days, metrics))


async def _reading(context: Context, pages: int, runs: int) -> None:
    if pages >= _LONG:
        await context.progress(f":hourglass_flowing_sand: Reading single runs: {runs:,} so far…")


async def _of_jobs(context: Context, project: Project, name: str, scope: Scope) -> Told:
    jobs = await context.circleci.measured_jobs(project.project, name, scope)
    title = f"Jobs of {code(name)} of {project_blocks.named(project)} {_where(scope, project)}"
    return _side_by_side(title, f"Jobs of {name} {_plainly(scope, project)}", "Job", jobs)


async def _of_project(context: Context, project: Project, scope: Scope, known: Sequence[Measured]) -> Told:
    """All workflows side by side."""
    summary = await context.circleci.project_summary(project.project, scope)
    title = f"Workflows of {project_blocks.named(project)} {_where(scope, project)}"
    plain = f"Workflows of {project.full_name} {_plainly(scope, project)}"
    return _side_by_side(
        title, plain, "Workflow", known, insights_blocks.whole_project(summary, scope.days) if summary else ""
    )


def _side_by_side(title: str, plain: str, noun: str, measured: Sequence[Measured], note: str = "") -> Told:
    if not measured:
        return Told(Message(f"Nothing ran: {title}.", [kit.section(f"Nothing ran: {title}.")]))
    slowest_first = sorted(measured, key=lambda one: -(one.metrics.duration_metrics.median or 0.0))
    rows = tuple(_row(one) for one in slowest_first)
    return Told(Message(title, insights_blocks.side_by_side(title, noun, slowest_first, note)), Ranking(plain, rows))


def _row(one: Measured) -> Row:
    took = one.metrics.duration_metrics
    return Row(one.name, one.metrics.success_rate, one.metrics.total_runs, took.median, took.p95)


async def of_organisation(context: Context, org: Collaboration, scope: Scope) -> Message:
    summary = await context.circleci.org_summary(org.slug, scope)
    title = f"Projects of {org_blocks.named(org)}, last {scope.days} days"
    return Message(title, insights_blocks.organisation(title, summary, scope.days))


def _where(scope: Scope, project: Project) -> str:
    """As mrkdwn."""
    branch = scope.branch or project.default_branch
    on = "on all branches" if scope.all_branches else f"on {code(branch, 100)}" if branch else "on its default branch"
    return f"{on}, last {scope.days} days"


def _plainly(scope: Scope, project: Project) -> str:
    """For a picture, which knows no markup."""
    branch = scope.branch or project.default_branch or "its default branch"
    return f"on {'all branches' if scope.all_branches else branch}, last {scope.days} days"


def files_name(*parts: str) -> str:
    """A file's name of words that people chose."""
    return "-".join("".join(char if char.isalnum() else "-" for char in part)[:40] for part in parts) + ".png"
