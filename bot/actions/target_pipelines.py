"""Which pipeline the words of a line mean, and what of it: by number, id or link, else that of the thread.

Outside of our threads a project's newest pipeline is meant where none is named.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.actions import visible_projects
from bot.actions.target_projects import Again, permitted, project, settled
from bot.actions.target_words import Named
from bot.circleci.links import Link
from bot.circleci.models import JobDetail, Pipeline, Workflow
from bot.command import Context, Source, line
from bot.domain import ProjectSlug
from bot.errors import NotFound, NotThere, Step
from bot.mrkdwn import code
from bot.store.pipelines import KEPT

OfId = Callable[[Context, str], Awaitable["Place"]]
Newest = Callable[[Context, ProjectSlug, str | None], Awaitable[Pipeline]]


@dataclass(frozen=True, slots=True)
class Place:
    """A pipeline; its workflow and the number of a job in it, where they were named; the words that are left."""

    pipeline: Pipeline
    rest: tuple[str, ...] = ()
    workflow: Workflow | None = None
    job: int | None = None
    detail: JobDetail | None = None


async def place(
    context: Context, words: Sequence[str], again: Again, *, first: OfId | None = None, newest: Newest | None = None
) -> Place:
    """What the words name, down to a job. An id is a workflow's or a pipeline's, whichever it is sought as `first`.

    Where nothing names a pipeline, `newest` says which one is meant of a project, or of a branch that a link is to.
    """
    named = await settled(context, Named.of(words, context.links.base_url))
    found = await _place(context, named, again, first or _workflow_of_id, newest or _newest)
    await permitted(context, found.pipeline.project)
    return found


async def _place(context: Context, named: Named, again: Again, first: OfId, newest: Newest) -> Place:
    if named.link:
        return await _of_link(context, named.link, named.rest)
    if named.id:
        return replace(await _of_id(context, named.id, first), rest=named.rest)
    if not (named.project or named.inside) and (here := await _of_thread(context)):
        return Place(here, named.rest)
    slug = await project(context, named.project, lambda slug: again(slug, *named.within))
    if named.job:
        return await _of_job(context, slug, named.job, named.rest)
    if named.number:
        return await _numbered(context, slug, named)
    return Place(await _unnamed(context, slug, _branch(context, named), newest), named.rest)


def _branch(context: Context, named: Named) -> str | None:
    pasted = Link.parse(named.project or "", context.links.base_url)
    return pasted.branch if pasted else None


async def _of_thread(context: Context) -> Pipeline | None:
    """Raises NotThere for a message that somebody pointed at, and for a thread, if it names no pipeline (any more)."""
    request = context.request
    if context.thread:
        return await context.circleci.pipeline(context.thread.pipeline_id)
    if request.source is Source.SHORTCUT and request.message_ts:
        raise NotThere("That message is no card of a pipeline, and stands in the thread of none.")
    begun = request.thread_ts and datetime.fromtimestamp(float(request.thread_ts), UTC)
    if begun and begun < context.clock.now() - KEPT:
        raise NotThere("This thread is older than what I remember.", "Name the pipeline, as in `gh/acme/web 341`.")
    return None


async def _unnamed(context: Context, slug: ProjectSlug, branch: str | None, newest: Newest) -> Pipeline:
    """The thread's pipeline if it is of this project and branch, by whichever of its names; else the newest."""
    theirs = await _of_thread(context) if context.thread else None
    if theirs and branch not in {None, theirs.branch}:
        theirs = None
    if theirs and slug in {theirs.project, context.thread and context.thread.project}:
        return theirs
    found = await newest(context, slug, branch)
    return theirs if theirs and theirs.project == found.project else found


async def _numbered(context: Context, slug: ProjectSlug, named: Named) -> Place:
    """A bare number is a pipeline's; where the project has no such pipeline, it is a job's."""
    number = named.number or 0
    try:
        return Place(await context.circleci.pipeline_by_number(slug, number), named.rest)
    except NotFound as error:
        name = await visible_projects.called(context, slug)
        inside = named.outright or named.rest
        found = None if inside else await _job_instead(context, slug, number)
        if found is None:
            what = f"pipeline #{number}" if inside else f"pipeline or job {number}"
            raise _unknown(error, f"{what} of {name}") from None
    context.notes.append(f"{name} has no pipeline #{number}: its *job {number}* is meant.")
    return found


async def _job_instead(context: Context, slug: ProjectSlug, number: int) -> Place | None:
    try:
        return await _of_job(context, slug, number, ())
    except NotFound:
        return None


def _unknown(error: NotFound, what: str) -> NotFound:
    said = f"CircleCI knows no {what}, or hides it from you."
    return NotFound(said, status=error.status, request_id=error.request_id)


async def _of_job(context: Context, slug: ProjectSlug, number: int, rest: tuple[str, ...]) -> Place:
    try:
        detail = await context.circleci.job(slug, number)
    except NotFound as error:
        raise _unknown(error, f"job {number} of {await visible_projects.called(context, slug)}") from None
    workflow_id = detail.latest_workflow and detail.latest_workflow.id
    if detail.pipeline and detail.pipeline.id:
        of = await context.circleci.pipeline(detail.pipeline.id)
    elif workflow_id:
        of = await context.circleci.pipeline((await context.circleci.workflow(workflow_id)).pipeline_id)
    else:
        raise NotThere(f"CircleCI does not say of which pipeline job {number} is.")
    return Place(of, rest, job=number, detail=detail)


async def _of_id(context: Context, its_id: str, first: OfId) -> Place:
    kinds = (pipeline_of_id, _workflow_of_id)
    try:
        return await first(context, its_id)
    except NotFound:
        return await next(kind for kind in kinds if kind is not first)(context, its_id)


async def pipeline_of_id(context: Context, its_id: str) -> Place:
    return Place(await context.circleci.pipeline(its_id))


async def _workflow_of_id(context: Context, its_id: str) -> Place:
    found = await context.circleci.workflow(its_id)
    return Place(await context.circleci.pipeline(found.pipeline_id), workflow=found)


async def _of_link(context: Context, pasted: Link, rest: tuple[str, ...]) -> Place:
    if pasted.pipeline_id:
        return replace(await pipeline_of_id(context, pasted.pipeline_id), rest=rest)
    if pasted.workflow_id and pasted.job_id:
        return await _of_job_id(context, await _workflow_of_id(context, pasted.workflow_id), pasted.job_id, rest)
    if pasted.workflow_id:
        return replace(await _workflow_of_id(context, pasted.workflow_id), rest=rest, job=pasted.job_number)
    if pasted.project and pasted.pipeline_number:
        return Place(await context.circleci.pipeline_by_number(pasted.project, pasted.pipeline_number), rest)
    if pasted.project and pasted.job_number:
        return await _of_job(context, pasted.project, pasted.job_number, rest)
    raise NotThere("That link leads to no pipeline.")


async def _of_job_id(context: Context, at: Place, job_id: str, rest: tuple[str, ...]) -> Place:
    """By its number, where it has one: what has none is named by its id."""
    known = await context.circleci.workflow_jobs(at.workflow.id) if at.workflow else None
    number = next((one.job_number for one in known or () if one.id == job_id), None)
    return replace(at, rest=rest, job=number) if number else replace(at, rest=(job_id, *rest))


async def workflow_at(context: Context, at: Place) -> Workflow | None:
    """The one that was named, or that a named job is of."""
    job = at.detail and at.detail.latest_workflow
    return at.workflow or (await context.circleci.workflow(job.id) if job and job.id else None)


async def _newest(context: Context, slug: ProjectSlug, branch: str | None) -> Pipeline:
    async for found in context.circleci.pipelines(slug, branch=branch, pages=1):
        return found
    of = f"{code(branch)} of " if branch else ""
    name = await visible_projects.called(context, slug)
    raise NotThere(f"{of}{name} has no pipelines yet.", Step("Trigger one…", line("trigger", str(slug))))
