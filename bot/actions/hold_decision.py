"""Why a hold cannot be decided: somebody was quicker, or it does not wait yet. Said with who it was, and when."""

from __future__ import annotations

from bot.blocks import status_blocks
from bot.blocks.person_blocks import by
from bot.circleci.models import Job
from bot.command import Context
from bot.mrkdwn import code


async def decided(context: Context, job: Job) -> str:
    """A true sentence about a hold that does not wait (any more)."""
    if not job.is_approval:
        return f"{code(job.name)} is no hold: there is nothing to approve about it."
    if job.status == "success":
        return f"{code(job.name)} was approved already{await _by(context, job.approved_by)}{_when(job)}."
    if job.status == "canceled":
        who = await _by(context, job.canceled_by)
        return f"{code(job.name)} was declined{who}, or canceled with its workflow{_when(job)}."
    if not job.ended:
        return f"{code(job.name)} does not wait yet: the jobs before it have not finished."
    return f"{code(job.name)} does not wait for approval: it is *{status_blocks.word(job.status)}*."


async def _by(context: Context, user_id: str | None) -> str:
    """Who it was, as far as CircleCI tells; the sentence is true without."""
    return by("", user_id, await context.circleci.names([user_id] if user_id else []))


def _when(job: Job) -> str:
    return f" {status_blocks.ago(job.stopped_at)}" if job.stopped_at else ""
