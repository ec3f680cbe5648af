"""What was found out of a pipeline's failures when they were told: why, and whether reruns are worth it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.circleci.failure_kinds import Verdict
from bot.circleci.snapshot import Snapshot
from bot.command import Context
from bot.errors import OutputHidden


async def load_verdicts(context: Context, pipeline_id: str) -> Mapping[str, Verdict]:
    """By the ids of workflows; of a pipeline that nobody follows nothing."""
    async with context.store.begin_read() as tx:
        followed = await tx.pipelines.find(pipeline_id)
    return followed.snapshot.verdicts if followed else {}


async def add_known_reasons(context: Context, snapshot: Snapshot) -> Snapshot:
    """The snapshot with what was found out before."""
    async with context.store.begin_read() as tx:
        followed = await tx.pipelines.find(snapshot.pipeline.id)
    if followed is None:
        return snapshot
    known = followed.snapshot
    try:
        context.circleci.record_output(followed.project)
    except OutputHidden:
        return snapshot.model_copy(update={"verdicts": known.verdicts})
    return snapshot.model_copy(update={"verdicts": known.verdicts, "failures": known.failures})
