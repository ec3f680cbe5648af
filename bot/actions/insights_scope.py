"""Which runs are meant when people ask how things went: days back, and of which branch."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from bot.actions.target_projects import LineBuilder
from bot.ambiguity import match_by_name
from bot.circleci.insights_api import InsightsScope
from bot.circleci.models import NamedMetrics, Project
from bot.command import Context, ParsedLine
from bot.domain import ProjectSlug
from bot.errors import NextStep, TargetError, UsageError
from bot.language import _
from bot.line import OptionValue
from bot.mrkdwn import as_code

WINDOWS = (7, 30, 60, 90)
"""Days back that CircleCI sums up."""


def parse(line: ParsedLine) -> InsightsScope:
    """What `--days`, `--branch` and `--all-branches` say. Raises UsageError."""
    days = line.get_value("days") or "30"
    if days not in map(str, WINDOWS):
        raise UsageError(_("CircleCI looks 7, 30, 60 or 90 days back."))
    branch, everywhere = line.get_value("branch"), line.has_flag("all-branches")
    if branch and everywhere:
        raise UsageError(_("One branch, or all of them: choose one."))
    return InsightsScope(int(days), branch, everywhere)


def to_options(of: InsightsScope) -> dict[str, OptionValue]:
    """The scope as options, as short as it can be said."""
    days = str(of.days) if of.days != 30 else None
    return {"days": days, "branch": of.branch, "all-branches": of.all_branches}


async def resolve_workflow_name(
    context: Context, project: Project, wanted: str, *, known: Sequence[NamedMetrics], build_line: LineBuilder
) -> str:
    """The workflow's name as CircleCI spells it. Raises TargetError with what there is where none ran."""
    found = match_by_name(wanted, [one.name for one in known], _itself)
    if len(found) == 1:
        return found[0]
    summary = await context.circleci.fetch_project_summary(project.project, InsightsScope(90))
    names = [*dict.fromkeys([*(one.name for one in known), *(summary.all_workflows if summary else ())])]
    found = match_by_name(wanted, names, _itself)
    if len(found) == 1:
        return found[0]
    if found:
        steps = [NextStep(name, build_line(project.slug, name)) for name in found[:10]]
        raise TargetError(_("Several workflows are called {name}. Which one?", name=as_code(wanted, 100)), *steps)
    if summary is None:
        return wanted
    near = get_close_matches(wanted, names, n=1)
    first = sorted(names, key=lambda name: name not in near)[:10]
    steps = [NextStep(name, build_line(project.slug, name)) for name in first]
    raise TargetError(
        _(
            "In 90 days no workflow {workflow} ran in {project}.",
            workflow=as_code(wanted, 100),
            project=as_code(project.full_name, 100),
        ),
        *steps,
    )


def _itself(name: str) -> tuple[str]:
    return (name,)


async def list_similar_branches(
    context: Context, slug: ProjectSlug, name: str | None, *, of: InsightsScope
) -> list[str]:
    """Where it did run, when nothing ran on the branch that was named: the nearest names, else any."""
    if of.branch is None:
        return []
    known = await context.circleci.list_insights_branches(slug, name)
    return get_close_matches(of.branch, known, n=5, cutoff=0.3) or known[:5]
