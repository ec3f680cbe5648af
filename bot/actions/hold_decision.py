"""Why a hold cannot be decided: somebody was quicker, or it does not wait yet. Said with who it was, and when."""

from __future__ import annotations

from bot.blocks import status_blocks
from bot.blocks.person_blocks import format_actor
from bot.circleci.models import Job
from bot.command import Context
from bot.language import _
from bot.mrkdwn import as_code


async def format_hold_decision(context: Context, job: Job) -> str:
    """A true sentence about a hold that does not wait (any more)."""
    if not job.is_approval:
        return _("{name} is no hold: there is nothing to approve about it.", name=as_code(job.name))
    if job.status == "success":
        return _(
            "{name} was approved already{decider}{when}.",
            name=as_code(job.name),
            decider=await _format_decider(context, job.approved_by),
            when=_format_when(job),
        )
    if job.status == "canceled":
        who = await _format_decider(context, job.canceled_by)
        return _(
            "{name} was declined{who}, or canceled with its workflow{when}.",
            name=as_code(job.name),
            who=who,
            when=_format_when(job),
        )
    if not job.has_ended:
        return _("{name} does not wait yet: the jobs before it have not finished.", name=as_code(job.name))
    return _(
        "{name} does not wait for approval: it is *{label}*.",
        name=as_code(job.name),
        label=status_blocks.get_label(job.status),
    )


async def _format_decider(context: Context, user_id: str | None) -> str:
    """Who it was, as far as CircleCI tells; the sentence is true without."""
    return format_actor("", user_id, await context.circleci.fetch_user_names([user_id] if user_id else []))


def _format_when(job: Job) -> str:
    return f" {status_blocks.format_ago(job.stopped_at)}" if job.stopped_at else ""
