"""Two pipelines that are named to be compared: `main broken`, `340 341`, behind a project or in the channel's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import visible_projects
from bot.actions.target_pipelines import fetch_newest
from bot.actions.target_projects import check_permitted, find_current_project, is_project_name, resolve_project
from bot.actions.target_words import NUMBER
from bot.actions.targets import pick_newest
from bot.ambiguity import match_by_name
from bot.circleci.models import Pipeline
from bot.circleci.run_difference import Run
from bot.circleci.urgency import sort_by_urgency
from bot.command import Context, format_line
from bot.domain import ProjectSlug
from bot.errors import NextStep, TargetError
from bot.language import _
from bot.mrkdwn import as_code


@dataclass(frozen=True, slots=True)
class _PairReference:
    """A branch means its newest pipeline, a number the pipeline of that number."""

    project: ProjectSlug
    first: str
    second: str
    workflow: str


async def find_pair(context: Context, words: Sequence[str]) -> tuple[Run, Run] | None:
    """The runs of one workflow in both; None where the words do not name two pipelines. Raises TargetError."""
    named = await _parse_pair(context, words)
    if named is None:
        return None
    before = await _fetch_pipeline(context, named.project, named.first)
    now = await _fetch_pipeline(context, named.project, named.second)
    return await _match_workflows(context, before, now, named.workflow)


async def _parse_pair(context: Context, words: Sequence[str]) -> _PairReference | None:
    """Behind a project or in the channel's, with the name of a workflow after them or without."""
    here = await find_current_project(context)
    if here and len(words) in {2, 3} and await _are_pipelines(context, here, words[:2]):
        return _PairReference(await check_permitted(context, here), words[0], words[1], "".join(words[2:]))
    if len(words) not in {3, 4} or not await is_project_name(context, words[0]):
        return None
    slug = await resolve_project(context, words[0], lambda slug: format_line("compare", slug, *words[1:]))
    pair = await _are_pipelines(context, slug, words[1:3])
    return _PairReference(slug, words[1], words[2], "".join(words[3:])) if pair else None


async def _are_pipelines(context: Context, project: ProjectSlug, words: Sequence[str]) -> bool:
    named = [word for word in words if not NUMBER.fullmatch(word)]
    return not named or set(named) <= set(await visible_projects.list_branches(context, project))


async def _fetch_pipeline(context: Context, project: ProjectSlug, word: str) -> Pipeline:
    if number := NUMBER.fullmatch(word):
        return await context.circleci.fetch_pipeline_by_number(project, int(number[1]))
    return await fetch_newest(context, project, word)


async def _match_workflows(context: Context, before: Pipeline, now: Pipeline, name: str) -> tuple[Run, Run]:
    """The one of that name; else, of those that both ran, the one that went worst now."""
    ran, runs = [
        {one.name: one for one in pick_newest(of, await context.circleci.list_pipeline_workflows(of.id))}
        for of in (before, now)
    ]
    common = [one for one in sort_by_urgency(runs.values()) if one.name in ran]
    chosen = match_by_name(name, common, lambda one: [one.name]) if name else common
    if not chosen:
        raise _build_nothing_common_error(before, now, name)
    return (before, ran[chosen[0].name]), (now, chosen[0])


def _build_nothing_common_error(before: Pipeline, now: Pipeline, name: str) -> TargetError:
    numbers = {"first": before.number, "second": now.number}
    return TargetError(
        _("#{first} and #{second} did not both run {name}.", **numbers, name=as_code(name, 100))
        if name
        else _("#{first} and #{second} have no workflow in common.", **numbers),
        *(NextStep(_("Show #{number}", number=of.number), format_line("pipeline", of.id)) for of in (before, now)),
    )
