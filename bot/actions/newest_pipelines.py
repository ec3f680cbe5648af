"""The newest pipeline of a project to which something applies: what failed, what runs, what waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from bot.actions import visible_projects
from bot.actions.target_pipelines import Newest
from bot.actions.target_projects import is_project_name
from bot.actions.target_words import TargetReference
from bot.actions.targets import pick_newest
from bot.circleci.links import Link
from bot.circleci.models import Pipeline, Workflow
from bot.command import Context, format_line
from bot.domain import BAD, ProjectSlug
from bot.errors import NextStep, TargetError
from bot.language import _

_LOOKS = 10

Fits = Callable[[Pipeline, Sequence[Workflow]], bool]
"""Of a pipeline and the newest run of each of its workflows."""


def build_newest(fits: Fits) -> Newest:
    """Of the last ten the newest that `fits`; where none does, the newest."""
    return partial(_find_newest, fits)


async def is_without_pipeline(context: Context, words: Sequence[str]) -> bool:
    """Whether they name a project at most, and the place nothing: then we choose which of its pipelines is meant.

    The list of a branch, as a link, stands for the newest of that branch.
    """
    named = TargetReference.parse(words, context.links.base_url)
    if context.is_about_something or named.rest or named.is_inside_project:
        return False
    if pasted := Link.parse(named.project or "", context.links.base_url):
        return pasted.branch is None
    return named.project is None or "/" in named.project or await is_project_name(context, named.project)


async def _find_newest(fits: Fits, context: Context, slug: ProjectSlug, branch: str | None) -> Pipeline:
    first: Pipeline | None = None
    looked = 0
    async for pipeline in context.circleci.list_pipelines(slug, branch=branch, pages=1):
        first = first or pipeline
        workflows = pick_newest(pipeline, await context.circleci.list_pipeline_workflows(pipeline.id))
        if fits(pipeline, workflows):
            return pipeline
        looked += 1
        if looked == _LOOKS:
            break
    if first is None:
        name = await visible_projects.format_name(context, slug)
        raise TargetError(
            _("{project} has no pipelines yet.", project=name),
            NextStep(_("Trigger…"), format_line("trigger", str(slug))),
        )
    return first


find_failed = build_newest(lambda _of, runs: any(run.status in BAD for run in runs))
find_running = build_newest(lambda _of, runs: not all(run.has_ended for run in runs))
