"""job [project] [pipeline] [job] — one job: how it ended and where it ran, its steps, and what can be done about it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import target_jobs
from bot.actions.target_jobs import FoundJob
from bot.blocks import job_blocks, status_blocks
from bot.circleci.job_failure import STEP_LENGTH, ending, messages_of, read_cause
from bot.circleci.job_steps import RAN, called, failing, failing_nodes, ssh_address
from bot.circleci.models import JobDetail, JobStep
from bot.command import Command, Context, Group, Line, Reply, line
from bot.errors import CircleCIError, NotThere, Step
from bot.messages import Message
from bot.mrkdwn import code, escape
from bot.untrusted import shown_text
from bot.untrusted.reader_process import TooLarge


@dataclass(frozen=True, slots=True)
class Args:
    words: tuple[str, ...]
    job: str | None


def parse(said: Line) -> Args:
    return Args(said.words, said.option("job"))


async def run(context: Context, args: Args) -> Reply:
    found = await target_jobs.of_words(context, args.words, args.job, lambda *words: line("job", *words))
    if found.number is None:
        raise _not_run(found)
    detail, steps = await asyncio.gather(target_jobs.detail(context, found), _steps(context, found, found.number))
    told = await _told(context, found, found.number, detail, steps)
    return Reply(Message(f"{escape(detail.name)}: {status_blocks.word(detail.status)}", job_blocks.job(told)))


def _not_run(found: FoundJob) -> NotThere:
    kind = "is an approval" if found.hold else "has not run"
    workflow = [Step("Show its workflow", line("workflow", found.workflow_id))] if found.workflow_id else []
    return NotThere(
        f"{code(found.name)} {kind}: it is *{status_blocks.word(found.status)}*, and has no number.", *workflow
    )


async def _steps(context: Context, found: FoundJob, number: int) -> Sequence[JobStep]:
    """Only API v1.1 has them, and not of every job."""
    try:
        return await context.circleci.job_steps(found.project, number)
    except CircleCIError:
        return ()


async def _told(
    context: Context, found: FoundJob, number: int, detail: JobDetail, steps: Sequence[JobStep]
) -> job_blocks.Shown:
    messages, action = await messages_of(detail), failing(steps)
    names = await shown_text.texts([(step.name, STEP_LENGTH) for step in steps])
    end = await ending(context.circleci, action, frozenset()) if detail.status in RAN else None
    return job_blocks.Shown(
        project=found.project,
        number=number,
        detail=detail,
        url=target_jobs.url(context, found),
        ended=found.ended,
        pipeline=found.pipeline,
        steps=[step.model_copy(update={"name": name}) for step, name in zip(steps, names, strict=True)],
        nodes=failing_nodes(steps, detail),
        messages=messages,
        cause=read_cause(detail.status, detail, action, end),
        connect=await _connect(context, steps) if not found.ended else None,
        rerun=found.id or found.name,
        commands=context.words,
    )


async def _connect(context: Context, steps: Sequence[JobStep]) -> str | None:
    """Where a job that was rerun with SSH can be reached, while it runs."""
    action = called(steps, "Enable SSH")
    if action is None or not action.output_url:
        return None
    try:
        end = await shown_text.ending(await context.circleci.output(action.output_url))
    except (CircleCIError, TooLarge):
        return None
    return ssh_address("\n".join(end.lines))


COMMAND = Command(
    name="job",
    summary="Shows a job with its steps",
    usage="job [project] [pipeline] [job] [--job JOB]",
    example="job gh/acme/web 341 unit",
    parse=parse,
    run=run,
    group=Group.REASONS,
    covers=("GET /project/{project-slug}/job/{job-number}",),
)
