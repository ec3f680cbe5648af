"""What was found out of a pipeline's failures when they were told: whether reruns are worth it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.circleci.failure_kinds import Verdict
from bot.command import Context


async def load_verdicts(context: Context, pipeline_id: str) -> Mapping[str, Verdict]:
    """By the ids of workflows; of a pipeline that nobody follows nothing."""
    async with context.store.begin_read() as tx:
        followed = await tx.pipelines.find(pipeline_id)
    return followed.snapshot.verdicts if followed else {}
