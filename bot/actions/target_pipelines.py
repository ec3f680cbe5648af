"""Which pipeline the words of a line mean, and what of it: by number, id or link, else that of the thread.

Outside of our threads a project's newest pipeline is meant where none is named.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from bot.actions import visible_projects
from bot.actions.target_projects import (
    LineBuilder,
    check_permitted,
    disambiguate_project,
    move_visible_project_first,
    resolve_project,
)
from bot.actions.target_threads import find_told, pick_linked, pick_told
from bot.actions.target_words import TargetReference
from bot.ambiguity import fold_name
from bot.circleci.links import Link
from bot.circleci.models import JobDetail, Pipeline, Workflow
from bot.command import Context, format_line
from bot.domain import ProjectSlug
from bot.errors import NextStep, NotFound, TargetError
from bot.language import _
from bot.line import Written
from bot.mrkdwn import as_code
from bot.store.threads import PipelineThread

OfId = Callable[[Context, str], Awaitable["PipelineTarget"]]
Newest = Callable[[Context, ProjectSlug, str | None], Awaitable[Pipeline]]


@dataclass(frozen=True, slots=True)
class PipelineTarget:
    """A pipeline; its workflow and the number of a job in it, where they were named; the words that are left."""

    pipeline: Pipeline
    rest: tuple[str, ...] = ()
    workflow: Workflow | None = None
    job: int | None = None
    detail: JobDetail | None = None


async def resolve_target(
    context: Context,
    words: Sequence[str],
    build_line: LineBuilder,
    *,
    first: OfId | None = None,
    newest: Newest | None = None,
) -> PipelineTarget:
    """What the words name, down to a job. An id is a workflow's or a pipeline's, whichever it is sought as `first`.

    Where nothing names a pipeline, `newest` says which one is meant of a project, or of a branch that a link is to.
    """
    words = await move_visible_project_first(context, words)
    named = await disambiguate_project(context, TargetReference.parse(words, context.links.base_url))
    if context.linked and not (named.project or named.is_inside_project):
        linked = pick_linked(context, build_line, named.rest)
        named = TargetReference.parse([linked, *named.rest], context.links.base_url)
    found = await _resolve_target(
        context, named, build_line, first=first or _fetch_by_workflow_id, newest=newest or fetch_newest
    )
    await check_permitted(context, found.pipeline.project)
    return found


async def _resolve_target(
    context: Context, named: TargetReference, build_line: LineBuilder, *, first: OfId, newest: Newest
) -> PipelineTarget:
    if named.link:
        return await _fetch_by_link(context, named.link, named.rest)
    if named.id:
        return replace(await _fetch_by_id(context, named.id, first), rest=named.rest)
    if not (named.project or named.is_inside_project) and (here := find_told(context, build_line, named.rest)):
        return replace(await _fetch_told(context, here, first, named.rest), rest=named.rest)
    slug = await resolve_project(context, named.project, lambda slug: build_line(slug, *named.inner_words))
    if named.job:
        return await _fetch_by_job(context, slug, named.job, rest=named.rest)
    if named.number:
        return await _fetch_by_number(context, slug, named, build_line)
    return await _fetch_newest_meant(context, slug, named, newest=newest, build_line=build_line)


async def _fetch_newest_meant(
    context: Context, slug: ProjectSlug, named: TargetReference, *, newest: Newest, build_line: LineBuilder
) -> PipelineTarget:
    """Of the branch that is named, if one is: then no note says which pipeline was taken instead."""
    noted = len(context.notes)
    meant = await _fetch_default_pipeline(context, slug, named, newest=newest, build_line=build_line)
    if not await _names_branch(context, meant, named.rest):
        return PipelineTarget(meant, named.rest)
    del context.notes[noted:]
    return PipelineTarget(await newest(context, meant.project, named.rest[0]), named.rest[1:])


async def _names_branch(context: Context, meant: Pipeline, rest: Sequence[str]) -> bool:
    """`cancel slow`: a branch that ran lately means its newest pipeline, unless something inside may be called so."""
    if not rest or context.is_about_something:
        return False
    branches = await visible_projects.list_branches(context, meant.project)
    return rest[0] in branches and not await _is_inside(context, meant, rest[0])


async def _is_inside(context: Context, meant: Pipeline, word: str) -> bool:
    """Whether the name of a workflow or a job has the word in it: `staging` may mean the hold `approve-staging`."""
    workflows = await context.circleci.list_pipeline_workflows(meant.id)
    jobs = await asyncio.gather(*(context.circleci.list_workflow_jobs(one.id) for one in workflows))
    names = [*(one.name for one in workflows), *(job.name for known in jobs for job in known or ())]
    return any(fold_name(word) in fold_name(name) for name in names)


def _get_linked_branch(context: Context, named: TargetReference) -> str | None:
    pasted = Link.parse(named.project or "", context.links.base_url)
    return pasted.branch if pasted else None


async def _fetch_told(context: Context, told: PipelineThread, first: OfId, rest: Sequence[str]) -> PipelineTarget:
    """The workflow that the message tells of, where one may be meant and nothing else is named."""
    if told.workflow_id and not rest and first is _fetch_by_workflow_id:
        return await _fetch_by_workflow_id(context, told.workflow_id)
    return await fetch_by_pipeline_id(context, told.pipeline_id)


async def _fetch_default_pipeline(
    context: Context, slug: ProjectSlug, named: TargetReference, *, newest: Newest, build_line: LineBuilder
) -> Pipeline:
    """The one that is told of there if it is of this project and branch, by whichever of its names; else the newest."""
    branch = _get_linked_branch(context, named)
    told = [one for one in context.told if branch in {None, one.ref}]
    if same := [one for one in told if one.project == slug]:
        return await context.circleci.fetch_pipeline(pick_told(same, build_line, named.rest).pipeline_id)
    theirs = await context.circleci.fetch_pipeline(told[0].pipeline_id) if len(told) == 1 else None
    if theirs and theirs.project == slug:
        return theirs
    found = await newest(context, slug, branch)
    return theirs if theirs and theirs.project == found.project else found


async def _fetch_by_number(
    context: Context, slug: ProjectSlug, named: TargetReference, build_line: LineBuilder
) -> PipelineTarget:
    """A bare number is a pipeline's; where the project has no such pipeline, it is a job's.

    What acts offers the job: nothing happens to one thing because a number was meant for another.
    """
    number = named.number or 0
    try:
        return PipelineTarget(await context.circleci.fetch_pipeline_by_number(slug, number), named.rest)
    except NotFound as error:
        name = await visible_projects.format_name(context, slug)
        inside = named.is_pipeline_number or named.rest
        found = None if inside else await _find_job_instead(context, slug, number)
        if found is None:
            raise _build_not_found(error, _format_hidden(number, name, pipeline=bool(inside))) from None
    if context.acts:
        raise _build_job_offer(found, name, number, line=build_line(str(slug), "job", str(number)))
    note = _("{project} has no pipeline #{number}, so I took *job {number}*.", project=name, number=number)
    context.notes.append(note)
    return found


def _build_job_offer(found: PipelineTarget, name: str, number: int, *, line: Written) -> TargetError:
    job = found.detail.name if found.detail else "?"
    told = _(
        "{project} has no pipeline #{number}. It has a job {number}: {job} of pipeline #{pipeline}.",
        project=name,
        number=number,
        job=as_code(job, 100),
        pipeline=found.pipeline.number,
    )
    return TargetError(told, NextStep(_("Job {number}", number=number), line))


async def _find_job_instead(context: Context, slug: ProjectSlug, number: int) -> PipelineTarget | None:
    try:
        return await _fetch_by_job(context, slug, number, rest=())
    except NotFound:
        return None


def _format_hidden(number: int, name: str, *, pipeline: bool) -> str:
    if pipeline:
        return _(
            "CircleCI knows no pipeline #{number} of {project}, or hides it from you.", number=number, project=name
        )
    return _(
        "CircleCI knows no pipeline or job {number} of {project}, or hides it from you.", number=number, project=name
    )


def _build_not_found(error: NotFound, message: str) -> NotFound:
    return NotFound(message, status=error.status, request_id=error.request_id)


async def _fetch_by_job(context: Context, slug: ProjectSlug, number: int, *, rest: tuple[str, ...]) -> PipelineTarget:
    try:
        detail = await context.circleci.fetch_job(slug, number)
    except NotFound as error:
        name = await visible_projects.format_name(context, slug)
        message = _("CircleCI knows no job {number} of {project}, or hides it from you.", number=number, project=name)
        raise _build_not_found(error, message) from None
    workflow_id = detail.latest_workflow and detail.latest_workflow.id
    if detail.pipeline and detail.pipeline.id:
        of = await context.circleci.fetch_pipeline(detail.pipeline.id)
    elif workflow_id:
        of = await context.circleci.fetch_pipeline((await context.circleci.fetch_workflow(workflow_id)).pipeline_id)
    else:
        raise TargetError(_("CircleCI does not say of which pipeline job {number} is.", number=number))
    return PipelineTarget(of, rest, job=number, detail=detail)


async def _fetch_by_id(context: Context, its_id: str, first: OfId) -> PipelineTarget:
    kinds = (fetch_by_pipeline_id, _fetch_by_workflow_id)
    try:
        return await first(context, its_id)
    except NotFound:
        return await next(kind for kind in kinds if kind is not first)(context, its_id)


async def fetch_by_pipeline_id(context: Context, its_id: str) -> PipelineTarget:
    return PipelineTarget(await context.circleci.fetch_pipeline(its_id))


async def _fetch_by_workflow_id(context: Context, its_id: str) -> PipelineTarget:
    found = await context.circleci.fetch_workflow(its_id)
    return PipelineTarget(await context.circleci.fetch_pipeline(found.pipeline_id), workflow=found)


async def _fetch_by_link(context: Context, pasted: Link, rest: tuple[str, ...]) -> PipelineTarget:
    if pasted.pipeline_id:
        return replace(await fetch_by_pipeline_id(context, pasted.pipeline_id), rest=rest)
    if pasted.workflow_id and pasted.job_id:
        return await _fetch_by_job_id(
            context, await _fetch_by_workflow_id(context, pasted.workflow_id), pasted.job_id, rest=rest
        )
    if pasted.workflow_id:
        return replace(await _fetch_by_workflow_id(context, pasted.workflow_id), rest=rest, job=pasted.job_number)
    if pasted.project and pasted.pipeline_number:
        return PipelineTarget(
            await context.circleci.fetch_pipeline_by_number(pasted.project, pasted.pipeline_number), rest
        )
    if pasted.project and pasted.job_number:
        return await _fetch_by_job(context, pasted.project, pasted.job_number, rest=rest)
    raise TargetError(_("That link leads to no pipeline."))


async def _fetch_by_job_id(
    context: Context, at: PipelineTarget, job_id: str, *, rest: tuple[str, ...]
) -> PipelineTarget:
    """By its number, where it has one: what has none is named by its id."""
    known = await context.circleci.list_workflow_jobs(at.workflow.id) if at.workflow else None
    number = next((one.job_number for one in known or () if one.id == job_id), None)
    return replace(at, rest=rest, job=number) if number else replace(at, rest=(job_id, *rest))


async def find_workflow(context: Context, at: PipelineTarget) -> Workflow | None:
    """The one that was named, or that a named job is of."""
    job = at.detail and at.detail.latest_workflow
    return at.workflow or (await context.circleci.fetch_workflow(job.id) if job and job.id else None)


async def fetch_newest(context: Context, slug: ProjectSlug, branch: str | None) -> Pipeline:
    """Raises TargetError where there is none."""
    async for found in context.circleci.list_pipelines(slug, branch=branch, pages=1):
        return found
    name = await visible_projects.format_name(context, slug)
    if branch:
        message = _("{branch} of {project} has no pipelines yet.", branch=as_code(branch), project=name)
    else:
        message = _("{project} has no pipelines yet.", project=name)
    raise TargetError(message, NextStep(_("Trigger…"), format_line("trigger", str(slug))))
