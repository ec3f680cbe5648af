"""job [project] [pipeline] [job] — one job: how it ended and where it ran, its steps, and what can be done about it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import target_jobs
from bot.actions.newest_pipelines import find_failed, is_without_pipeline
from bot.actions.target_jobs import FoundJob
from bot.blocks import job_blocks, status_blocks
from bot.circleci.job_failure import (
    STEP_LENGTH,
    add_memory_use,
    fetch_log_excerpt,
    find_job_cause,
    sanitize_messages,
)
from bot.circleci.job_steps import RAN, find_action_by_step, find_failing_action, find_ssh_command, list_failing_nodes
from bot.circleci.models import JobDetail, JobStep
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.errors import CircleCIError, NextStep, TargetError
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code, escape
from bot.untrusted import shown_text
from bot.untrusted.reader_process import TooLarge


@dataclass(frozen=True, slots=True)
class JobArgs:
    words: tuple[str, ...]
    job: str | None


def parse(line: ParsedLine) -> JobArgs:
    return JobArgs(line.words, line.get_value("job"))


async def run(context: Context, args: JobArgs) -> Reply:
    newest = None if args.job or not await is_without_pipeline(context, args.words) else find_failed
    found = await target_jobs.resolve(
        context, args.words, args.job, lambda *words: format_line("job", *words), newest=newest
    )
    if found.number is None:
        raise _build_not_run_error(found)
    detail, steps = await asyncio.gather(
        target_jobs.fetch_detail(context, found), _fetch_steps(context, found, found.number)
    )
    details = await _build_job_details(context, found, found.number, detail, steps)
    title = f"{escape(detail.name)}: {status_blocks.get_label(detail.status)}"
    return Reply(Message(title, job_blocks.render(details)))


def _build_not_run_error(found: FoundJob) -> TargetError:
    workflow = (
        [NextStep(_("Show Its Workflow"), format_line("jobs", found.workflow_id, overview=True))]
        if found.workflow_id
        else []
    )
    job, status = as_code(found.name), status_blocks.get_label(found.status)
    problem = (
        _("{job} is an approval, so it has no number. Its status: *{status}*.", job=job, status=status)
        if found.hold
        else _("{job} has not run, so it has no number. Its status: *{status}*.", job=job, status=status)
    )
    return TargetError(problem, *workflow)


async def _fetch_steps(context: Context, found: FoundJob, number: int) -> Sequence[JobStep]:
    """Only API v1.1 has them, and not of every job."""
    try:
        return await context.circleci.list_job_steps(found.project, number)
    except CircleCIError:
        return ()


async def _build_job_details(
    context: Context, found: FoundJob, number: int, detail: JobDetail, steps: Sequence[JobStep]
) -> job_blocks.JobReport:
    messages, action = await sanitize_messages(detail), find_failing_action(steps)
    names = await shown_text.sanitize_texts([(step.name, STEP_LENGTH) for step in steps])
    end = None
    if detail.status in RAN:
        end = await fetch_log_excerpt(context.circleci, found.project, found.id, action, names=frozenset())
    cause = find_job_cause(detail.status, detail, action, end=end)
    return job_blocks.JobReport(
        project=found.project,
        number=number,
        detail=detail,
        url=target_jobs.build_url(context, found),
        ended=found.ended,
        pipeline=found.pipeline,
        steps=[step.model_copy(update={"name": name}) for step, name in zip(steps, names, strict=True)],
        nodes=list_failing_nodes(steps, detail),
        messages=messages,
        cause=await add_memory_use(context.circleci, found.id, cause, detail),
        ssh_command=await _find_ssh_address(context, steps) if not found.ended else None,
        rerun=found.id or found.name,
        commands=context.command_names,
    )


async def _find_ssh_address(context: Context, steps: Sequence[JobStep]) -> str | None:
    """Where a job that was rerun with SSH can be reached, while it runs."""
    action = find_action_by_step(steps, "Enable SSH")
    if action is None or not action.output_url:
        return None
    try:
        end = await shown_text.sanitize_excerpt(await context.circleci.fetch_output(action.output_url))
    except (CircleCIError, TooLarge):
        return None
    return find_ssh_command("\n".join(end.lines))


COMMAND = Command(
    name="job",
    summary=N_("Shows a job with its steps"),
    usage="job [project] [pipeline] [job] [--job JOB]",
    example="job acme/web 341 unit",
    parse=parse,
    run=run,
    group=Group.REASONS,
    is_detail=True,
    endpoints=("GET /project/{project-slug}/job/{job-number}",),
)
