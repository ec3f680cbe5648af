"""Why a hold cannot be decided: somebody was quicker, or it does not wait yet. Said with who it was, and when."""

from __future__ import annotations

from bot.blocks import status_blocks
from bot.blocks.person_blocks import format_known_name
from bot.circleci.models import Job
from bot.command import Context
from bot.language import N_, _
from bot.mrkdwn import as_code


async def format_hold_decision(context: Context, job: Job) -> str:
    """A true sentence about a hold that does not wait (any more)."""
    name = as_code(job.name)
    if not job.is_approval:
        return _("{job} is not a hold: there is nothing to approve.", job=name)
    if job.status in {"success", "canceled"}:
        return f"{await _format_end(context, job)}{_format_when(job)}"
    if not job.has_ended:
        return _("{hold} does not wait yet: the jobs before it have not finished.", hold=name)
    label = status_blocks.get_label(job.status)
    return _("{hold} does not wait for approval. Its status: *{status}*.", hold=name, status=label)


async def _format_end(context: Context, job: Job) -> str:
    alone, by = _ENDS[job.status]
    who = await _fetch_name(context, job.approved_by if job.status == "success" else job.canceled_by)
    return _(by, hold=as_code(job.name), who=who) if who else _(alone, hold=as_code(job.name))


_ENDS = {
    "success": (N_("{hold} was approved already."), N_("{who} approved {hold} already.")),
    "canceled": (
        N_("{hold} was declined, or canceled with its workflow."),
        N_("{who} declined {hold}, or canceled its workflow."),
    ),
}


async def _fetch_name(context: Context, user_id: str | None) -> str:
    """Who it was, as far as CircleCI tells; the sentence is true without."""
    return format_known_name(user_id, await context.circleci.fetch_user_names([user_id] if user_id else []))


def _format_when(job: Job) -> str:
    return " " + _("That was {ago}.", ago=status_blocks.format_ago(job.stopped_at)) if job.stopped_at else ""
