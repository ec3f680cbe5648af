"""To follow a pipeline: write down that this channel wants its card, and that somebody did something to it.

Commands call this after CircleCI said yes. The poller then reads the pipeline, delivery posts and keeps the card.
"""

from __future__ import annotations

from bot.actions import audit_trail, reachability
from bot.blocks import deed_blocks
from bot.circleci.models import Pipeline
from bot.circleci.snapshot import Snapshot
from bot.command import Context
from bot.domain import ProjectSlug
from bot.domain.audit_records import AuditKind
from bot.store.store import Tx


async def follow_pipeline(
    context: Context, project: ProjectSlug, pipeline: Pipeline, *, action: str | None, recorded: bool = False
) -> bool:
    """Follow the pipeline from now on, show its card where that arrives, and note there what they did.

    `action` is one of the sentences of bot/blocks/deed_blocks.py, filled in, in English; the card adds who and when,
    and a reply in its thread says how it ended. None when they only wanted to see it.

    True where they see that without an answer: the card is new where they asked, or has the button that they pressed.
    """
    request, now, channel = context.request, context.clock.now(), reachability.choose_card_channel(context)
    snapshot = Snapshot(pipeline=pipeline, workflows=(), waiting=True)
    async with context.store.begin() as tx:
        await tx.polled_projects.upsert(project, now)
        await tx.pipelines.follow(
            pipeline.id,
            project,
            pipeline.number,
            branch=pipeline.branch,
            tag=pipeline.tag,
            snapshot=snapshot.model_dump_json(),
            now=now,
        )
        if action:
            if not recorded:
                record_deed(context, tx, project, pipeline=pipeline, action=action)
            await tx.mentions.delete_for_user(request.workspace, pipeline.id, request.user)
        await tx.pipelines.make_due(pipeline.id, now)
        await tx.polled_projects.make_due(project, now)
        asked_by = request.user if action else None
        card = await tx.cards.upsert(request.workspace, channel, pipeline.id, asked_by=asked_by, now=now)
        await tx.cards.mark_pipeline_dirty(pipeline.id)
    context.wake()
    asked_here = channel == request.channel and request.thread_ts is None
    return asked_here and card.ts in {None, request.message_ts}


def record_deed(context: Context, tx: Tx, project: ProjectSlug, *, pipeline: Pipeline, action: str) -> None:
    """What was done to it, where that is decided before `follow_pipeline`, which does it else."""
    audit_trail.record(
        context,
        tx,
        AuditKind.ACT,
        what=deed_blocks.add_why(action, context.trail.why),
        project=str(project),
        pipeline_id=pipeline.id,
        pipeline_number=pipeline.number,
        branch=pipeline.branch or pipeline.tag or "",
        detail=audit_trail.list_changes(context.circleci),
    )
