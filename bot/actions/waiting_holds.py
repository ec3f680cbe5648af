"""What waits for approvals is shown anew: who may approve it has changed, or what it takes."""

from __future__ import annotations

from datetime import datetime

from bot.domain import ProjectSlug
from bot.store.store import Tx


async def redraw(tx: Tx, workspace: str, now: datetime) -> None:
    """The cards at once, what is said below them when the pipelines are read: now."""
    for pipeline_id, project in await tx.approvals.list_waiting(workspace):
        await tx.cards.mark_pipeline_dirty(pipeline_id)
        await tx.pipelines.make_due(pipeline_id, now)
        await tx.polled_projects.make_due(ProjectSlug.parse(project), now)
