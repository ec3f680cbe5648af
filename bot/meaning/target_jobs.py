"""Which job the words of a line mean: by link, by its number in the project, or by name or id inside a workflow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches

from bot.alike import meant
from bot.circleci.models import Job, JobDetail, Pipeline, Workflow
from bot.command import Context, line
from bot.domain import JOB_ENDED, ProjectSlug
from bot.errors import NotFound, NotThere, Step, UsageError
from bot.line import Written
from bot.meaning import targets
from bot.meaning.permitted import permitted
from bot.mrkdwn import code


@dataclass(frozen=True, slots=True)
class FoundJob:
    """A job in its pipeline, read just now. An approval has no `number`; one found by its number needs no `id`.

    `detail` is what CircleCI tells of a single job, where it was asked for that; `hold` an approval in full.
    """

    project: ProjectSlug
    name: str
    status: str
    ended: bool
    number: int | None
    id: str | None
    pipeline: Pipeline | None
    workflow_id: str | None = None
    detail: JobDetail | None = None
    hold: Job | None = None


Say = Callable[[Workflow, Job], Written]
"""The command's line for one job of a workflow, both by id."""


async def of_words(context: Context, words: Sequence[str], again: targets.Again) -> FoundJob:
    """The job that a whole line means: `[project] NUMBER`, a link, or a workflow's words and the job's name last.

    Raises UsageError when the words are none of these.
    """
    linked = targets.Named.of(words, context.links.base_url).link
    if linked and linked.job_number:
        return await find(context, words, None, again, _by_ids(again))
    if not words:
        raise UsageError("Which job?", "Name it by its number, by its link, or by its workflow and its name.")
    *before, wanted = words
    return await anywhere(context, before, wanted, lambda *named: again(*named, wanted), _by_ids(again))


def _by_ids(again: targets.Again) -> Say:
    return lambda workflow, job: again(workflow.id, job.id)


async def find(context: Context, words: Sequence[str], wanted: str | None, again: targets.Again, say: Say) -> FoundJob:
    """The job that is meant. `wanted` is its name, number or id; None when the words hold its link.

    Its number, unless the words name more than a project, and a job there is called so. Raises NotThere with a button
    for each, where several are called alike.
    """
    named = targets.Named.of(words, context.links.base_url)
    if wanted is None and named.link and named.link.project and named.link.job_number:
        return await _numbered(context, named.link.project, named.link.job_number)
    if wanted and (number := targets.NUMBER.fullmatch(wanted)):
        if called_so := await _called_so(context, words, wanted):
            return called_so
        slug = await targets.project(context, named.project, lambda slug: again(slug, *words[1:]))
        return await _numbered(context, slug, int(number[1]))
    found = await targets.workflow(context, words, again, fits=lambda workflow: not workflow.ended)
    job = one_of(await context.circleci.workflow_jobs(found.workflow.id), found.workflow, wanted or "", say)
    return _found(job, found.pipeline, found.workflow)


async def _called_so(context: Context, words: Sequence[str], wanted: str) -> FoundJob | None:
    """The only job of exactly this name in the pipeline or workflow that the words name; None where they name none."""
    named = await targets.settled(context, targets.Named.of(words, context.links.base_url))
    if not (named.number or named.id or named.link or named.rest):
        return None
    with suppress(NotThere, NotFound, UsageError):
        return await exactly(context, words, wanted)
    return None


async def exactly(context: Context, words: Sequence[str], wanted: str) -> FoundJob | None:
    """The only job of exactly this name in the pipeline or workflow that is meant. Raises BotError where none is."""

    def again(*words: str) -> Written:
        return line("jobs", *words)

    pipeline, runs = await _runs(context, words, again)
    found = [(workflow, job) for workflow, jobs in runs for job in jobs if job.name == wanted]
    return _found(found[0][1], pipeline, found[0][0]) if len(found) == 1 else None


async def _runs(
    context: Context, words: Sequence[str], again: targets.Again
) -> tuple[Pipeline, list[tuple[Workflow, Sequence[Job]]]]:
    """The workflow that the words name with its jobs; where they name a pipeline, all its newest."""
    named = targets.Named.of(words, context.links.base_url)
    if named.id or named.rest or (named.link and named.link.workflow_id):
        with suppress(NotThere, NotFound):
            one = await targets.workflow(context, words, again)
            jobs = () if one.rest else await context.circleci.workflow_jobs(one.workflow.id)
            return one.pipeline, [(one.workflow, jobs or ())]
    pipeline, rest = await targets.pipeline(context, words, again)
    if rest:
        return pipeline, []
    newest = targets.newest_of(pipeline, await context.circleci.pipeline_workflows(pipeline.id))
    return pipeline, [(one, await context.circleci.workflow_jobs(one.id) or ()) for one in newest]


async def anywhere(
    context: Context, words: Sequence[str], wanted: str | None, again: targets.Again, say: Say
) -> FoundJob:
    """As `find`; but where the words name no workflow, the only one that has a job of this name is meant."""
    named = targets.Named.of(words, context.links.base_url)
    clear = named.id or (named.link and (named.link.workflow_id or named.link.job_number))
    if wanted is None or clear or targets.NUMBER.fullmatch(wanted):
        return await find(context, words, wanted, again, say)
    pipeline, rest = await targets.pipeline(context, words, again)
    newest = targets.newest_of(pipeline, await context.circleci.pipeline_workflows(pipeline.id))
    runs = [(one, job) for one in newest for job in await context.circleci.workflow_jobs(one.id) or ()]
    fitting = meant(wanted, runs, lambda run: [run[1].name], lambda run: [run[1].id])
    if runs and not rest and not fitting:
        raise _no_such([job for _, job in runs], f"Pipeline #{pipeline.number}", wanted)
    if rest or len(fitting) != 1:
        return await find(context, words, wanted, again, say)
    workflow, job = fitting[0]
    return _found(job, pipeline, workflow)


def _found(job: Job, pipeline: Pipeline, workflow: Workflow) -> FoundJob:
    return FoundJob(
        project=pipeline.project,
        name=job.name,
        status=job.status,
        ended=job.ended,
        number=job.job_number,
        id=job.id,
        pipeline=pipeline,
        workflow_id=workflow.id,
        hold=job if job.is_approval else None,
    )


async def detail(context: Context, found: FoundJob) -> JobDetail:
    """What CircleCI tells of this job alone. Raises NotThere for a job without a number."""
    if found.detail:
        return found.detail
    if found.number is None:
        raise NotThere(f"{code(found.name)} has not run: it has no number.")
    return await context.circleci.job(found.project, found.number)


def url(context: Context, found: FoundJob) -> str:
    """Its page in CircleCI, or that of what is known of it."""
    if found.pipeline is None:
        return context.links.project(found.project)
    if found.workflow_id is None or found.number is None:
        return context.links.pipeline(found.project, found.pipeline.number)
    return context.links.job(found.project, found.pipeline.number, found.workflow_id, found.number)


async def _numbered(context: Context, slug: ProjectSlug, number: int) -> FoundJob:
    detail = await context.circleci.job(await permitted(context, slug), number)
    pipeline_id = detail.pipeline and detail.pipeline.id
    return FoundJob(
        project=slug,
        name=detail.name,
        status=detail.status,
        ended=detail.status in JOB_ENDED,
        number=number,
        id=None,
        pipeline=await context.circleci.pipeline(pipeline_id) if pipeline_id else None,
        workflow_id=detail.latest_workflow.id if detail.latest_workflow else None,
        detail=detail,
    )


def one_of(jobs: Sequence[Job] | None, workflow: Workflow, wanted: str, say: Say) -> Job:
    """The workflow's job with this id or name. Raises NotThere: with those that could be meant, or with all names."""
    if jobs is None:
        raise NotThere(f"CircleCI does not show the jobs of {code(workflow.name)} any more.")
    found = meant(wanted, jobs, lambda job: [job.name], lambda job: [job.id])
    if len(found) == 1:
        return found[0]
    if found:
        steps = [Step(job.name, say(workflow, job)) for job in found]
        raise NotThere(f"Several jobs of {code(workflow.name)} are called {code(wanted, 100)}. Which one?", *steps)
    raise _no_such(jobs, code(workflow.name), wanted)


def _no_such(jobs: Sequence[Job], where: str, wanted: str) -> NotThere:
    near = get_close_matches(wanted, [job.name for job in jobs], n=1)
    meant = f" Did you mean {code(near[0])}?" if near else ""
    names = ", ".join(code(job.name, 80) for job in jobs[:20]) or "none"
    return NotThere(f"{where} has no job {code(wanted, 100)}.{meant}", f"Its jobs: {names}.")
