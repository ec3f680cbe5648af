"""Which runs are meant when people ask how things went: days back, and of which branch."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from bot.actions.target_projects import Again
from bot.ambiguity import meant
from bot.circleci.insights_api import Scope
from bot.circleci.models import Measured, Project
from bot.command import Context, Line
from bot.domain import ProjectSlug
from bot.errors import NotThere, Step, UsageError
from bot.line import Said
from bot.mrkdwn import code

WINDOWS = (7, 30, 60, 90)
"""Days back that CircleCI sums up."""


def scope(said: Line) -> Scope:
    """What `--days`, `--branch` and `--all-branches` say. Raises UsageError."""
    days = said.option("days") or "30"
    if days not in map(str, WINDOWS):
        raise UsageError("CircleCI looks 7, 30, 60 or 90 days back.")
    branch, everywhere = said.option("branch"), said.flag("all-branches")
    if branch and everywhere:
        raise UsageError("One branch, or all of them: choose one.")
    return Scope(int(days), branch, everywhere)


def options(of: Scope) -> dict[str, Said]:
    """The scope as options, as short as it can be said."""
    days = str(of.days) if of.days != 30 else None
    return {"days": days, "branch": of.branch, "all-branches": of.all_branches}


async def workflow(context: Context, project: Project, wanted: str, known: Sequence[Measured], again: Again) -> str:
    """The workflow's name as CircleCI spells it. Raises NotThere with what there is when no such workflow ever ran."""
    found = meant(wanted, [one.name for one in known], _itself)
    if len(found) == 1:
        return found[0]
    summary = await context.circleci.project_summary(project.project, Scope(90))
    names = [*dict.fromkeys([*(one.name for one in known), *(summary.all_workflows if summary else ())])]
    found = meant(wanted, names, _itself)
    if len(found) == 1:
        return found[0]
    if found:
        steps = [Step(name, again(project.slug, name)) for name in found[:10]]
        raise NotThere(f"Several workflows are called {code(wanted, 100)}. Which one?", *steps)
    if summary is None:
        return wanted
    near = get_close_matches(wanted, names, n=1)
    first = sorted(names, key=lambda name: name not in near)[:10]
    steps = [Step(name, again(project.slug, name)) for name in first]
    raise NotThere(f"In 90 days no workflow {code(wanted, 100)} ran in {code(project.slug, 100)}.", *steps)


def _itself(name: str) -> tuple[str]:
    return (name,)


async def branches_like(context: Context, slug: ProjectSlug, name: str | None, of: Scope) -> list[str]:
    """Where it did run, when nothing ran on the branch that was named: the nearest names, else any."""
    if of.branch is None:
        return []
    known = await context.circleci.measured_branches(slug, name)
    return get_close_matches(of.branch, known, n=5, cutoff=0.3) or known[:5]
