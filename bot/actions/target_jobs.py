"""Which job the words of a line mean: by its number or link, or by its name, number or id inside its pipeline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches

from bot.actions import targets
from bot.actions.target_pipelines import Newest, PipelineTarget, find_workflow, resolve_target
from bot.actions.target_projects import LineBuilder
from bot.actions.target_words import NUMBER, TargetReference
from bot.ambiguity import match_by_name
from bot.circleci.models import Job, JobDetail, Pipeline, Workflow
from bot.command import Context, format_line
from bot.domain import BAD, JOB_ENDED, ProjectSlug
from bot.errors import NextStep, NotFound, TargetError, UsageError
from bot.language import _
from bot.line import Written, extend_line
from bot.mrkdwn import as_code


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
    def label(self) -> str:
        """Plain text: a bare number would be a pipeline's."""
        if self.number is None:
            return _("{job} of #{number}", job=self.name, number=self.pipeline.number)
        return _(
            "{job} (job {job_number}) of #{number}", job=self.name, job_number=self.number, number=self.pipeline.number
        )


WorkflowJob = tuple[Workflow, Job]
"""A job in its workflow."""

JobLineBuilder = Callable[[Workflow, Job], Written]
"""The command's line for one job of a workflow, both by id."""


def _any(_job: Job) -> bool:
    return True


async def resolve(
    context: Context,
    words: Sequence[str],
    job: str | None,
    build_line: LineBuilder,
    fits: Callable[[Job], bool] = _any,
    build_job_line: JobLineBuilder | None = None,
    newest: Newest | None = None,
) -> FoundJob:
    """The job that a line means; `job` is what `--job` says. Without one, the only job that failed.

    Of several the only one that `fits` is taken. Raises TargetError with a button for each when that is not clear.
    """
    words, job = _apply_job_option(context, words, job)
    at = await resolve_target(context, words, lambda *words: extend_line(build_line(*words), job=job), newest=newest)
    if at.job:
        return await _fetch_by_number(context, at, at.job)
    build_job_line = build_job_line or (lambda workflow, job: build_line(workflow.id, job.id))
    before, wanted = (at.rest, job) if job or not at.rest else (at.rest[:-1], at.rest[-1])
    known = await _fetch_named_jobs(context, at, before)
    if wanted is None:
        return _build_found_job(_pick_default(known, at.pipeline, build_job_line), at.pipeline)
    if found := match_jobs(wanted, known):
        return _build_found_job(
            _pick_only(found, wanted, at.pipeline, fits=fits, build_job_line=build_job_line), at.pipeline
        )
    if not before and (
        inside := [one for one in known if one[0] in match_by_name(wanted, get_workflows(known), _get_names)]
    ):
        return _build_found_job(_pick_default(inside, at.pipeline, build_job_line), at.pipeline)
    raise build_not_found(known, at.pipeline, wanted)


def _apply_job_option(context: Context, words: Sequence[str], job: str | None) -> tuple[tuple[str, ...], str | None]:
    """A number of `--job` is one of the project, unless the words name a pipeline: there it is one of its jobs."""
    named = TargetReference.parse(words, context.links.base_url)
    if job and NUMBER.fullmatch(job) and not (named.is_inside_project or named.rest):
        return (*words, "job", job), None
    return tuple(words), job


async def find_exact(context: Context, words: Sequence[str], wanted: str) -> FoundJob | None:
    """The only job of exactly this name in the pipeline or workflow that the words name; None where none is."""
    with suppress(TargetError, NotFound, UsageError):
        at = await resolve_target(context, words, lambda *words: format_line("jobs", *words))
        found = [one for one in await _fetch_named_jobs(context, at, at.rest) if one[1].name == wanted]
        if len(found) == 1:
            return _build_found_job(found[0], at.pipeline)
    return None


async def fetch_jobs(context: Context, workflows: Sequence[Workflow]) -> list[WorkflowJob]:
    """The jobs of these, as far as CircleCI (still) shows them."""
    jobs = await asyncio.gather(*(context.circleci.list_workflow_jobs(one.id) for one in workflows))
    return [(workflow, job) for workflow, known in zip(workflows, jobs, strict=True) for job in known or ()]


async def fetch_workflows(context: Context, at: PipelineTarget) -> list[Workflow]:
    """The workflow that is named, else all the newest of the pipeline."""
    if one := await find_workflow(context, at):
        return [one]
    return targets.pick_newest(at.pipeline, await context.circleci.list_pipeline_workflows(at.pipeline.id))


async def _fetch_named_jobs(context: Context, at: PipelineTarget, names: Sequence[str]) -> list[WorkflowJob]:
    """The jobs of the workflow that is called so, or of all."""
    of, found = at.pipeline, await fetch_workflows(context, at)
    called_so = match_by_name(names[0], found, _get_names) if names else found
    if names and (len(names) > 1 or not called_so):
        raise TargetError(
            _("Pipeline #{number} has no workflow {workflow}.", number=of.number, workflow=as_code(names[0], 100)),
            NextStep(_("Show Pipeline"), format_line("pipeline", of.id)),
        )
    known = await fetch_jobs(context, called_so)
    if called_so and not known:
        name = as_code(called_so[0].name)
        raise TargetError(_("CircleCI shows no jobs of {workflow} (yet, or any more).", workflow=name))
    return known


def _get_names(workflow: Workflow) -> list[str]:
    return [workflow.name]


def get_workflows(known: Sequence[WorkflowJob]) -> list[Workflow]:
    return list({workflow.id: workflow for workflow, _ in known}.values())


def match_jobs(wanted: str, known: Sequence[WorkflowJob]) -> list[WorkflowJob]:
    """By id, by name, or by number."""
    number = NUMBER.fullmatch(wanted)
    found = match_by_name(wanted, known, lambda one: [one[1].name], lambda one: [one[1].id])
    return found or [one for one in known if number and one[1].job_number == int(number[1])]


def _pick_default(known: Sequence[WorkflowJob], of: Pipeline, build_job_line: JobLineBuilder) -> WorkflowJob:
    """The only job that failed; where none did, the only one that ran."""
    failed = [one for one in known if one[1].status in BAD]
    telling = failed or [one for one in known if one[1].job_number is not None]
    if len(telling) == 1:
        return telling[0]
    raise _build_choice(_("Which job of pipeline #{number}?", number=of.number), telling or known, build_job_line)


def _pick_only(
    found: Sequence[WorkflowJob],
    wanted: str,
    of: Pipeline,
    *,
    fits: Callable[[Job], bool],
    build_job_line: JobLineBuilder,
) -> WorkflowJob:
    fitting = [one for one in found if fits(one[1])] or found
    if len(fitting) == 1:
        return fitting[0]
    workflows = get_workflows(fitting)
    question = _ask_which_in_workflow(workflows[0], wanted) if len(workflows) == 1 else _ask_which_of(of, wanted)
    raise _build_choice(question, fitting, build_job_line)


def _ask_which_in_workflow(workflow: Workflow, wanted: str) -> str:
    return _(
        "Several jobs of {workflow} are called {job}. Which one?",
        workflow=as_code(workflow.name),
        job=as_code(wanted, 100),
    )


def _ask_which_of(of: Pipeline, wanted: str) -> str:
    return _(
        "Several jobs of pipeline #{number} are called {job}. Which one?", number=of.number, job=as_code(wanted, 100)
    )


def _build_choice(question: str, several: Sequence[WorkflowJob], build_job_line: JobLineBuilder) -> TargetError:
    apart = len(get_workflows(several)) > 1
    steps: list[NextStep | str] = [
        NextStep(
            _("{job} of {workflow}", job=job.name, workflow=workflow.name) if apart else job.name,
            build_job_line(workflow, job),
        )
        for workflow, job in several
    ]
    return TargetError(question, *(steps or [_("It has no jobs (yet).")]))


async def _fetch_by_number(context: Context, at: PipelineTarget, number: int) -> FoundJob:
    if at.rest:
        raise UsageError(_("I do not know what {word} is for.", word=as_code(at.rest[0], 100)))
    detail = at.detail or await context.circleci.fetch_job(at.pipeline.project, number)
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


def _build_found_job(ran: WorkflowJob, pipeline: Pipeline) -> FoundJob:
    workflow, job = ran
    return FoundJob(
        project=pipeline.project,
        name=job.name,
        status=job.status,
        ended=job.has_ended,
        number=job.job_number,
        id=job.id,
        pipeline=pipeline,
        workflow_id=workflow.id,
        hold=job if job.is_approval else None,
    )


async def fetch_detail(context: Context, found: FoundJob) -> JobDetail:
    """What CircleCI tells of this job alone. Raises TargetError for a job without a number."""
    if found.detail:
        return found.detail
    if found.number is None:
        raise TargetError(_("{job} has not run: it has no number.", job=as_code(found.name)))
    return await context.circleci.fetch_job(found.project, found.number)


def build_url(context: Context, found: FoundJob) -> str:
    """Its page in CircleCI, or that of what is known of it."""
    if found.workflow_id is None or found.number is None:
        return context.links.pipeline_url(found.project, found.pipeline.number)
    return context.links.job_url(found.project, found.pipeline.number, found.workflow_id, job_number=found.number)


def pick_job(jobs: Sequence[Job] | None, workflow: Workflow, wanted: str, *, build_job_line: JobLineBuilder) -> Job:
    """The workflow's job with this id or name. Raises TargetError with those that could be meant, or all."""
    if jobs is None:
        raise TargetError(_("CircleCI no longer shows the jobs of {workflow}.", workflow=as_code(workflow.name)))
    found = match_jobs(wanted, [(workflow, job) for job in jobs])
    if len(found) == 1:
        return found[0][1]
    if found:
        raise _build_choice(_ask_which_in_workflow(workflow, wanted), found, build_job_line)
    raise _build_not_found(jobs, _format_none_in_workflow(workflow, wanted), wanted)


def build_not_found(known: Sequence[WorkflowJob], of: Pipeline, wanted: str) -> TargetError:
    """With what there is."""
    workflows = get_workflows(known)
    if len(workflows) == 1:
        message = _format_none_in_workflow(workflows[0], wanted)
    else:
        message = _("Pipeline #{number} has no job {job}.", number=of.number, job=as_code(wanted, 100))
    return _build_not_found([job for _workflow, job in known], message, wanted)


def _format_none_in_workflow(workflow: Workflow, wanted: str) -> str:
    return _("{workflow} has no job {job}.", workflow=as_code(workflow.name), job=as_code(wanted, 100))


def _build_not_found(jobs: Sequence[Job], message: str, wanted: str) -> TargetError:
    near = get_close_matches(wanted, [job.name for job in jobs], n=1)
    meant = " " + _("Did you mean {job}?", job=as_code(near[0])) if near else ""
    names = ", ".join(as_code(job.name, 80) for job in jobs[:20])
    there_are = _("Its jobs: {jobs}.", jobs=names) if names else _("It has no jobs (yet).")
    return TargetError(message + meant, there_are, misread=(wanted, near[0]) if near else None)
