"""approve [project] [pipeline] [hold] — lets a workflow go on that waits; of several holds one is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.actions import target_jobs, target_words, visible_projects
from bot.actions.follow_pipeline import follow
from bot.actions.hold_decision import decided
from bot.actions.lost_answer import told
from bot.actions.target_jobs import Ran
from bot.actions.target_pipelines import Place, place
from bot.actions.targets import Found
from bot.ambiguity import meant
from bot.blocks import status_blocks
from bot.blocks.action_blocks import approve_label
from bot.circleci.models import Job, Pipeline, Workflow
from bot.command import Command, Context, Group, Line, Reply, line
from bot.domain import ProjectSlug
from bot.errors import NotThere, Rejected, Step
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import code


@dataclass(frozen=True, slots=True)
class Args:
    words: tuple[str, ...]


def parse(said: Line) -> Args:
    return Args(target_words.words(said))


async def run(context: Context, args: Args) -> Reply:
    found, hold = await _hold(context, args)
    await _approve(context, found, hold)
    await follow(context, found.project, found.pipeline, f"Approved {code(hold.name, 80)}")
    return Reply(Message(f":white_check_mark: You approved {code(hold.name)}: {found.where(context.links)} goes on."))


async def _hold(context: Context, args: Args) -> tuple[Found, Job]:
    """The hold that was named, or the only one that waits; read just now, since a button may be old."""
    at = await place(context, args.words, lambda *words: line("approve", *words), newest=_newest_waiting)
    workflows, name = await _narrowed(context, at)
    ran = await target_jobs.ran(context, workflows)
    found = target_jobs.called(name, ran) if name else ran
    waiting = [one for one in found if one[1].held]
    if len(waiting) == 1:
        workflow, hold = waiting[0]
        return Found(workflow, at.pipeline), hold
    if waiting:
        raise _which(at.pipeline, waiting, by_name=bool(name))
    if name and len(found) == 1:
        raise NotThere(await decided(context, found[0][1]))
    if name:
        raise target_jobs.no_such(ran, at.pipeline, name)
    raise _nothing(at.pipeline, workflows)


async def _narrowed(context: Context, at: Place) -> tuple[list[Workflow], str]:
    """The workflows in one of which the hold is, and its name or id."""
    workflows = await target_jobs.workflows_at(context, at)
    chosen = meant(at.rest[0], workflows, lambda one: [one.name]) if at.rest else []
    return (chosen, " ".join(at.rest[1:])) if chosen else (workflows, " ".join(at.rest))


async def _newest_waiting(context: Context, slug: ProjectSlug, branch: str | None) -> Pipeline:
    looked = 0
    async for found in context.circleci.pipelines(slug, branch=branch, pages=1):
        looked += 1
        going = [one for one in await target_jobs.workflows_at(context, Place(found)) if not one.ended]
        if any(job.held for _, job in await target_jobs.ran(context, going)):
            return found
    on = f"{code(branch)} of " if branch else ""
    name = await visible_projects.called(context, slug)
    raise NotThere(
        f"Nothing of {on}{name} waits for approval: I looked at its {looked} newest pipelines.",
        Step("Show what ran lately", line("recent", str(slug))),
    )


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


def _which(of: Pipeline, waiting: Sequence[Ran], *, by_name: bool) -> NotThere:
    """Those whose names read alike are told apart by how they are spelt."""
    workflows = target_jobs.workflows(waiting)
    where = code(workflows[0].name) if len(workflows) == 1 else f"pipeline #{of.number}"
    more = [f" of {workflow.name}" if len(workflows) > 1 else "" for workflow, _ in waiting]
    steps = [
        Step((job.name if by_name else approve_label(job)) + of_workflow, _again(workflow, job))
        for (workflow, job), of_workflow in zip(waiting, more, strict=True)
    ]
    return NotThere(f"{len(waiting)} holds of {where} wait. Which one?", *steps)


def _nothing(of: Pipeline, workflows: Sequence[Workflow]) -> NotThere:
    if len(workflows) != 1:
        step = Step("Look at it", line("pipeline", of.id))
        return NotThere(f"Nothing in pipeline #{of.number} waits for approval.", step)
    workflow = workflows[0]
    return NotThere(
        f"Nothing in {code(workflow.name)} waits for approval: it is *{status_blocks.word(workflow.status)}*.",
        Step("Show it", line("workflow", workflow.id)),
    )


@told
async def reread(context: Context, args: Args, _began_at: datetime) -> str:
    """Look how the holds stand now. That it was our approval shows by who gave it."""
    at = await place(context, args.words, lambda *words: line("approve", *words))
    workflows = await target_jobs.workflows_at(context, at)
    holds = [job for _, job in await target_jobs.ran(context, workflows) if job.is_approval]
    mine = [job for job in holds if context.account and job.approved_by == context.account.circleci_id]
    approved = next((job for job in mine if {job.name, job.id} & set(args.words)), None)
    deed = f"Approved {code(approved.name, 80)}" if approved else None
    await follow(context, at.pipeline.project, at.pipeline, deed)
    now = ", ".join(f"{code(job.name, 80)} is *{status_blocks.word(job.status)}*" for job in holds[:10])
    return f"I looked again: {now or 'there are no holds any more'}."


COMMAND = Command(
    name="approve",
    summary="Approves a hold, so that its workflow goes on",
    usage="approve [project] [pipeline] [hold] [--job N]",
    example="approve gh/acme/web 341 release-production",
    parse=parse,
    run=run,
    group=Group.ACTS,
    covers=("POST /workflow/{id}/approve/{approval_request_id}", "GET /user/{id}"),
    acts=True,
    reread=reread,
)
