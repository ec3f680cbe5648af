"""Which job the words of a line mean: by its number or link, or by its name, number or id inside its pipeline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches

from bot.actions import target_projects, targets
from bot.actions.target_pipelines import Place, place, workflow_at
from bot.actions.target_words import NUMBER, Named, of_old_button
from bot.ambiguity import meant
from bot.circleci.models import Job, JobDetail, Pipeline, Workflow
from bot.command import Context, Source, line
from bot.domain import BAD, JOB_ENDED, ProjectSlug
from bot.errors import NotFound, NotThere, Step, UsageError
from bot.line import Written, also
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
    pipeline: Pipeline
    workflow_id: str | None = None
    detail: JobDetail | None = None
    hold: Job | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """A job that ran, in words that are clear from anywhere."""
        return str(self.project), "job", str(self.number)

    @property
    def called(self) -> str:
        """Plain text: a bare number would be a pipeline's."""
        of = f"of #{self.pipeline.number}"
        return f"{self.name} {of}" if self.number is None else f"{self.name} (job {self.number}) {of}"


Ran = tuple[Workflow, Job]
"""A job in its workflow."""

Say = Callable[[Workflow, Job], Written]
"""The command's line for one job of a workflow, both by id."""


def _any(_job: Job) -> bool:
    return True


async def of_words(
    context: Context,
    words: Sequence[str],
    job: str | None,
    again: target_projects.Again,
    fits: Callable[[Job], bool] = _any,
    say: Say | None = None,
) -> FoundJob:
    """The job that a line means; `job` is what `--job` says. Without one, the only job that failed.

    Of several the only one that `fits` is taken. Raises NotThere with a button for each when that is not clear.
    """
    if not (words or job or context.thread):
        raise UsageError("Which job?", "Say its number (`job 341`), paste its link, or name its pipeline and then it.")
    words, job = _with_job(context, words, job)
    at = await place(context, words, lambda *words: also(again(*words), job=job))
    if at.job:
        return await _numbered(context, at, at.job)
    say = say or (lambda workflow, job: again(workflow.id, job.id))
    before, wanted = (at.rest, job) if job or not at.rest else (at.rest[:-1], at.rest[-1])
    known = await _named(context, at, before)
    if wanted is None:
        return _found(_telling(known, at.pipeline, say), at.pipeline)
    if found := called(wanted, known):
        return _found(_only(found, wanted, at.pipeline, fits, say), at.pipeline)
    if not before and (inside := [one for one in known if one[0] in meant(wanted, workflows(known), _name)]):
        return _found(_telling(inside, at.pipeline, say), at.pipeline)
    raise no_such(known, at.pipeline, wanted)


def _with_job(context: Context, words: Sequence[str], job: str | None) -> tuple[tuple[str, ...], str | None]:
    """A number of `--job` is one of the project, unless the words name a pipeline: there it is one of its jobs."""
    base_url = context.links.base_url
    said = of_old_button(words, base_url) if context.request.source is Source.BUTTON else tuple(words)
    named = Named.of(said, base_url)
    if job and NUMBER.fullmatch(job) and not (named.inside or named.rest):
        return (*said, "job", job), None
    return said, job


async def exactly(context: Context, words: Sequence[str], wanted: str) -> FoundJob | None:
    """The only job of exactly this name in the pipeline or workflow that the words name; None where none is."""
    with suppress(NotThere, NotFound, UsageError):
        at = await place(context, words, lambda *words: line("jobs", *words))
        found = [one for one in await _named(context, at, at.rest) if one[1].name == wanted]
        if len(found) == 1:
            return _found(found[0], at.pipeline)
    return None


async def ran(context: Context, workflows: Sequence[Workflow]) -> list[Ran]:
    """The jobs of these, as far as CircleCI (still) shows them."""
    jobs = await asyncio.gather(*(context.circleci.workflow_jobs(one.id) for one in workflows))
    return [(workflow, job) for workflow, known in zip(workflows, jobs, strict=True) for job in known or ()]


async def workflows_at(context: Context, at: Place) -> list[Workflow]:
    """The workflow that is named, else all the newest of the pipeline."""
    if one := await workflow_at(context, at):
        return [one]
    return targets.newest_of(at.pipeline, await context.circleci.pipeline_workflows(at.pipeline.id))


async def _named(context: Context, at: Place, names: Sequence[str]) -> list[Ran]:
    """The jobs of the workflow that is called so, or of all."""
    of, found = at.pipeline, await workflows_at(context, at)
    called_so = meant(names[0], found, _name) if names else found
    if names and (len(names) > 1 or not called_so):
        raise NotThere(f"Pipeline #{of.number} has no workflow {code(names[0], 100)}.", Step("Look at it", _look(of)))
    known = await ran(context, called_so)
    if called_so and not known:
        raise NotThere(f"CircleCI shows no jobs of {code(called_so[0].name)} (yet, or any more).")
    return known


def _look(of: Pipeline) -> Written:
    return line("pipeline", of.id)


def _name(workflow: Workflow) -> list[str]:
    return [workflow.name]


def workflows(known: Sequence[Ran]) -> list[Workflow]:
    return list({workflow.id: workflow for workflow, _ in known}.values())


def called(wanted: str, known: Sequence[Ran]) -> list[Ran]:
    """By id, by name, or by number."""
    number = NUMBER.fullmatch(wanted)
    found = meant(wanted, known, lambda one: [one[1].name], lambda one: [one[1].id])
    return found or [one for one in known if number and one[1].job_number == int(number[1])]


def _telling(known: Sequence[Ran], of: Pipeline, say: Say) -> Ran:
    """The only job that failed; where none did, the only one that ran."""
    failed = [one for one in known if one[1].status in BAD]
    telling = failed or [one for one in known if one[1].job_number is not None]
    if len(telling) == 1:
        return telling[0]
    raise _which(f"Which job of pipeline #{of.number}?", telling or known, say)


def _only(found: Sequence[Ran], wanted: str, of: Pipeline, fits: Callable[[Job], bool], say: Say) -> Ran:
    fitting = [one for one in found if fits(one[1])] or found
    if len(fitting) == 1:
        return fitting[0]
    where = code(fitting[0][0].name) if len(workflows(fitting)) == 1 else f"pipeline #{of.number}"
    raise _which(f"Several jobs of {where} are called {code(wanted, 100)}. Which one?", fitting, say)


def _which(question: str, several: Sequence[Ran], say: Say) -> NotThere:
    apart = len(workflows(several)) > 1
    steps: list[Step | str] = [
        Step(f"{job.name} of {workflow.name}" if apart else job.name, say(workflow, job)) for workflow, job in several
    ]
    return NotThere(question, *(steps or ["It has no jobs (yet)."]))


async def _numbered(context: Context, at: Place, number: int) -> FoundJob:
    if at.rest:
        raise UsageError(f"I do not know what {code(at.rest[0], 100)} is for.")
    detail = at.detail or await context.circleci.job(at.pipeline.project, number)
    of = at.workflow or detail.latest_workflow
    return FoundJob(
        project=at.pipeline.project,
        name=detail.name,
        status=detail.status,
        ended=detail.status in JOB_ENDED,
        number=number,
        id=None,
        pipeline=at.pipeline,
        workflow_id=of.id if of else None,
        detail=detail,
    )


def _found(ran: Ran, pipeline: Pipeline) -> FoundJob:
    workflow, job = ran
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
    if found.workflow_id is None or found.number is None:
        return context.links.pipeline(found.project, found.pipeline.number)
    return context.links.job(found.project, found.pipeline.number, found.workflow_id, found.number)


def one_of(jobs: Sequence[Job] | None, workflow: Workflow, wanted: str, say: Say) -> Job:
    """The workflow's job with this id or name. Raises NotThere: with those that could be meant, or with all names."""
    if jobs is None:
        raise NotThere(f"CircleCI does not show the jobs of {code(workflow.name)} any more.")
    found = called(wanted, [(workflow, job) for job in jobs])
    if len(found) == 1:
        return found[0][1]
    if found:
        question = f"Several jobs of {code(workflow.name)} are called {code(wanted, 100)}. Which one?"
        raise _which(question, found, say)
    raise _no_such(jobs, code(workflow.name), wanted)


def no_such(known: Sequence[Ran], of: Pipeline, wanted: str) -> NotThere:
    """With what there is."""
    several = workflows(known)
    where = code(several[0].name) if len(several) == 1 else f"Pipeline #{of.number}"
    return _no_such([job for _, job in known], where, wanted)


def _no_such(jobs: Sequence[Job], where: str, wanted: str) -> NotThere:
    near = get_close_matches(wanted, [job.name for job in jobs], n=1)
    meant = f" Did you mean {code(near[0])}?" if near else ""
    names = ", ".join(code(job.name, 80) for job in jobs[:20]) or "none"
    return NotThere(f"{where} has no job {code(wanted, 100)}.{meant}", f"Its jobs: {names}.")
