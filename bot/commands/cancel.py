"""cancel [project] [pipeline] [NAME] [--job JOB] — stops a workflow, or a job; canceling an approval declines it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.actions import target_jobs, targets
from bot.actions.follow_pipeline import follow
from bot.actions.hold_decision import decided
from bot.actions.lost_answer import told
from bot.actions.target_jobs import FoundJob
from bot.actions.targets import Found
from bot.blocks import status_blocks
from bot.command import Command, Context, Group, Line, Reply, line
from bot.errors import NotThere, Step, UsageError
from bot.messages import Message
from bot.mrkdwn import code


@dataclass(frozen=True, slots=True)
class Args:
    words: tuple[str, ...]
    job: str | None


def parse(said: Line) -> Args:
    return Args(said.words, said.option("job"))


async def run(context: Context, args: Args) -> Reply:
    found = await _find(context, args)
    if isinstance(found, FoundJob):
        return Reply(await _cancel_job(context, found))
    return Reply(await _cancel_workflow(context, found))


async def _find(context: Context, args: Args) -> Found | FoundJob:
    """What is to be stopped: a workflow, or one job where one was named."""
    if args.job:
        return await _find_job(context, args)
    found = await targets.workflow(
        context, args.words, lambda *words: line("cancel", *words), fits=lambda workflow: not workflow.ended
    )
    if found.rest:
        raise UsageError(f"I do not know what {code(found.rest[0], 100)} is for.", "One job is named by `--job`.")
    return await _find_job(context, args) if found.job else found


async def _cancel_workflow(context: Context, found: Found) -> Message:
    workflow = found.workflow
    if workflow.ended:
        raise NotThere(
            f"{code(workflow.name)} has ended already: *{status_blocks.word(workflow.status)}*.",
            Step("Show it", line("workflow", workflow.id)),
        )
    await context.circleci.cancel_workflow(workflow.id)
    await follow(context, found.project, found.pipeline, f"Canceled ({code(workflow.name, 80)})")
    where = found.where(context.links)
    return Message(f":no_entry_sign: CircleCI is canceling {where}; that may take some seconds.")


async def _find_job(context: Context, args: Args) -> FoundJob:
    return await target_jobs.of_words(
        context,
        args.words,
        args.job,
        lambda *words: line("cancel", *words),
        fits=lambda job: not job.ended,
        say=lambda workflow, job: line("cancel", workflow.id, job=job.id),
    )


async def _cancel_job(context: Context, job: FoundJob) -> Message:
    if job.ended and job.hold:
        raise NotThere(await decided(context, job.hold))
    if job.ended:
        raise NotThere(f"The job {code(job.name)} has ended already: *{status_blocks.word(job.status)}*.")
    if job.hold:
        await context.rights.doing("decline", job.project)
    if job.number is not None:
        await context.circleci.cancel_job(job.project, job.number)
    else:
        await context.circleci.cancel_job_by_id(job.id or "")
    deed = f"Declined {code(job.name, 80)}" if job.hold else f"Canceled the job {code(job.name, 80)}"
    await follow(context, job.project, job.pipeline, deed)
    return Message(f":no_entry_sign: {deed}; CircleCI may take some seconds.")


@told
async def reread(context: Context, args: Args, _began_at: datetime) -> str:
    """Look how it stands now."""
    found = await _find(context, args)
    if isinstance(found, FoundJob):
        return f"I looked again: the job {code(found.name)} is *{status_blocks.word(found.status)}* now."
    workflow = found.workflow
    await follow(context, found.project, found.pipeline, None)
    return f"I looked again: {code(workflow.name)} is *{status_blocks.word(workflow.status)}* now."


COMMAND = Command(
    name="cancel",
    summary="Stops a workflow, or one job of it",
    usage="cancel [project] [pipeline] [NAME] [--job JOB]",
    example="cancel gh/acme/web 341",
    parse=parse,
    run=run,
    group=Group.ACTS,
    covers=(
        "POST /workflow/{id}/cancel",
        "POST /project/{project-slug}/job/{job-number}/cancel",
        "POST /jobs/{job-id}/cancel",
    ),
    acts=True,
    reread=reread,
    aliases=("stop",),
)
