"""approve <workflow> [hold] — lets a workflow go on that waits for approval; of several holds one is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.acting.follow import follow
from bot.acting.reread import told
from bot.blocks import status
from bot.blocks.acts import approve_label
from bot.circleci.models import Job, Workflow
from bot.command import Command, Context, Group, Line, Reply, line
from bot.domain import Message
from bot.errors import NotThere, Rejected, Step
from bot.line import Written
from bot.meaning import target_jobs, targets
from bot.meaning.decided import decided
from bot.meaning.targets import Found
from bot.mrkdwn import code


@dataclass(frozen=True, slots=True)
class Args:
    words: tuple[str, ...]


def parse(said: Line) -> Args:
    return Args(said.words)


async def run(context: Context, args: Args) -> Reply:
    found = await _find(context, args)
    jobs = await context.circleci.workflow_jobs(found.workflow.id)
    hold = await _hold(context, found, jobs)
    await _approve(context, found, hold)
    await follow(context, found.project, found.pipeline, f"Approved {code(hold.name, 80)}")
    return Reply(Message(f":white_check_mark: You approved {code(hold.name)}: {found.where(context.links)} goes on."))


async def _find(context: Context, args: Args) -> Found:
    return await targets.workflow(
        context, args.words, lambda *words: line("approve", *words), fits=lambda workflow: workflow.status == "on_hold"
    )


async def _hold(context: Context, found: Found, jobs: Sequence[Job] | None) -> Job:
    """The hold that was named, or the only one that waits; read just now, since a button may be old."""
    if found.rest:
        named = target_jobs.one_of(jobs, found.workflow, " ".join(found.rest), _again)
        if not named.held:
            raise NotThere(await decided(context, named))
        return named
    waiting = [job for job in jobs or () if job.held]
    if len(waiting) == 1:
        return waiting[0]
    raise _which(found, waiting)


async def _approve(context: Context, found: Found, hold: Job) -> None:
    """Where CircleCI refuses since somebody was quicker, it is said who that was."""
    try:
        await context.circleci.approve(found.workflow.id, hold.approval_request_id or hold.id)
    except Rejected:
        jobs = await context.circleci.workflow_jobs(found.workflow.id)
        now = target_jobs.one_of(jobs, found.workflow, hold.id, _again)
        if now.held:
            raise
        raise NotThere(await decided(context, now)) from None


def _again(workflow: Workflow, hold: Job) -> Written:
    return line("approve", workflow.id, hold.id)


def _which(found: Found, waiting: Sequence[Job]) -> NotThere:
    workflow = found.workflow
    if waiting:
        steps = [Step(approve_label(job), _again(workflow, job)) for job in waiting]
        return NotThere(f"{len(waiting)} holds of {code(workflow.name)} wait. Which one?", *steps)
    return NotThere(
        f"Nothing in {code(workflow.name)} waits for approval: it is *{status.word(workflow.status)}*.",
        Step("Show it", line("workflow", workflow.id)),
    )


@told
async def reread(context: Context, args: Args, _began_at: datetime) -> str:
    """Look how the holds stand now. That it was our approval shows by who gave it."""
    found = await _find(context, args)
    holds = [job for job in await context.circleci.workflow_jobs(found.workflow.id) or () if job.is_approval]
    mine = [job for job in holds if context.account and job.approved_by == context.account.circleci_id]
    approved = next((job for job in mine if {job.name, job.id} & set(args.words)), None)
    await follow(context, found.project, found.pipeline, f"Approved {code(approved.name, 80)}" if approved else None)
    now = ", ".join(f"{code(job.name, 80)} is *{status.word(job.status)}*" for job in holds[:10])
    return f"I looked again: {now or 'there are no holds any more'}."


COMMAND = Command(
    name="approve",
    summary="Approves a hold, so that its workflow goes on",
    usage="approve [project] <workflow> [hold]",
    example="approve gh/acme/web 341 release-production",
    parse=parse,
    run=run,
    group=Group.ACTS,
    covers=("POST /workflow/{id}/approve/{approval_request_id}", "GET /user/{id}"),
    acts=True,
    reread=reread,
)
