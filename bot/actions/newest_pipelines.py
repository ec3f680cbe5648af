"""The newest pipeline of a project to which something applies: what failed, what runs, what waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from bot.actions import visible_projects
from bot.actions.target_pipelines import Newest
from bot.actions.targets import pick_newest
from bot.circleci.models import Pipeline, Workflow
from bot.command import Context, format_line
from bot.domain import ProjectSlug
from bot.errors import NextStep, TargetError
from bot.language import _

_LOOKS = 10

Fits = Callable[[Pipeline, Sequence[Workflow]], bool]
"""Of a pipeline and the newest run of each of its workflows."""


def build_newest(fits: Fits) -> Newest:
    """Of the last ten the newest that `fits`; where none does, the newest."""
    return partial(_find_newest, fits)


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
