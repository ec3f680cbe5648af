"""Why a hold cannot be decided: somebody was quicker, or it does not wait yet. Said with who it was, and when."""

from __future__ import annotations

from bot.blocks import status_blocks
from bot.blocks.person_blocks import format_known_name
from bot.circleci.models import Job, Pipeline
from bot.command import Context, format_line
from bot.errors import NextStep, TargetError
from bot.language import N_, _
from bot.mrkdwn import as_code


async def build_decided_error(context: Context, job: Job, workflow_id: str, of: Pipeline) -> TargetError:
    """For a hold that does not wait (any more)."""
    step = NextStep(_("Show Pipeline"), format_line("pipeline", of.id))
    return TargetError(await _format_hold_decision(context, job, workflow_id), step)


async def _format_hold_decision(context: Context, job: Job, workflow_id: str) -> str:
    name = as_code(job.name)
    if not job.is_approval:
        return _("{job} is not a hold: there is nothing to approve.", job=name)
    if job.status in {"success", "canceled"}:
        return f"{await _format_end(context, job, workflow_id)}{_format_when(job)}"
    if not job.has_ended:
        return _("{hold} does not wait yet: the jobs before it have not finished.", hold=name)
    label = status_blocks.get_label(job.status)
    return _("{hold} does not wait for approval. Its status: *{status}*.", hold=name, status=label)


async def _format_end(context: Context, job: Job, workflow_id: str) -> str:
    """A hold is canceled with its workflow too: only then has somebody canceled that."""
    kind, by = "success", job.approved_by
    if job.status == "canceled":
        with_workflow = (await context.circleci.fetch_workflow(workflow_id)).canceled_by
        kind, by = "with its workflow" if with_workflow else "canceled", with_workflow or job.canceled_by
    alone, by_you, by_other = _ENDS[kind]
    if by and context.account and by == context.account.circleci_id:
        return _(by_you, hold=as_code(job.name))
    who = await _fetch_name(context, by)
    return _(by_other, hold=as_code(job.name), who=who) if who else _(alone, hold=as_code(job.name))


_ENDS = {
    "success": (
        N_("{hold} was approved already."),
        N_("You approved {hold} already."),
        N_("{who} approved {hold} already."),
    ),
    "canceled": (
        N_("{hold} was declined already."),
        N_("You declined {hold} already."),
        N_("{who} declined {hold} already."),
    ),
    "with its workflow": (
        N_("{hold} was canceled with its workflow."),
        N_("You canceled {hold} with its workflow."),
        N_("{who} canceled {hold} with its workflow."),
    ),
}


async def _fetch_name(context: Context, user_id: str | None) -> str:
    """Who it was, as far as CircleCI tells; the sentence is true without."""
    return format_known_name(user_id, await context.circleci.fetch_user_names([user_id] if user_id else []))


def _format_when(job: Job) -> str:
    return " " + _("That was {ago}.", ago=status_blocks.format_ago(job.stopped_at)) if job.stopped_at else ""
