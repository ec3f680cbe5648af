"""What happened: every outcome once, whoever reports it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from bot.domain import Outcome, ProjectSlug
from bot.store.rows import Noun
from bot.store.tables import outcomes


class Outcomes(Noun):
    async def add(self, outcome: Outcome, now: datetime) -> bool:
        """False when it is known already."""
        values = {
            "key": outcome.key,
            "kind": outcome.kind,
            "status": outcome.status,
            "project": str(outcome.project),
            "pipeline_id": outcome.pipeline_id,
            "pipeline_number": outcome.pipeline_number,
            "workflow": outcome.workflow,
            "workflow_id": outcome.workflow_id,
            "branch": outcome.branch,
            "tag": outcome.tag,
            "actor": outcome.actor,
            "trigger": outcome.trigger,
            "on_default": outcome.on_default,
            "happened_at": outcome.happened_at,
            "known_at": now,
        }
        return await self._insert_new(outcomes, values)

    async def previous(self, outcome: Outcome) -> Outcome | None:
        """How the same workflow ended the last time before on the same branch: an earlier run, or before a rerun.

        What was cancelled or never ran says nothing about how things stand.
        """
        query = select(outcomes).where(
            outcomes.c.project == str(outcome.project),
            outcomes.c.workflow == outcome.workflow,
            outcomes.c.pipeline_number <= outcome.pipeline_number,
            outcomes.c.branch.is_not_distinct_from(outcome.branch),
            outcomes.c.workflow_id.is_distinct_from(outcome.workflow_id),
            outcomes.c.happened_at <= outcome.happened_at,
            outcomes.c.kind.not_in(("on-hold", "canceled", "not-run")),
        )
        newest = query.order_by(outcomes.c.pipeline_number.desc(), outcomes.c.happened_at.desc()).limit(1)
        row = (await self._connection.execute(newest)).one_or_none()
        return _outcome(row) if row else None

    async def of_pipeline(self, pipeline_id: str) -> list[Outcome]:
        query = select(outcomes).where(outcomes.c.pipeline_id == pipeline_id).order_by(outcomes.c.happened_at)
        return [_outcome(row) for row in await self._connection.execute(query)]


def _outcome(row: Row[Any]) -> Outcome:
    return Outcome(
        key=row.key,
        kind=row.kind,
        status=row.status,
        project=ProjectSlug.parse(row.project),
        pipeline_id=row.pipeline_id,
        pipeline_number=row.pipeline_number,
        workflow=row.workflow,
        workflow_id=row.workflow_id,
        branch=row.branch,
        tag=row.tag,
        happened_at=row.happened_at,
        actor=row.actor,
        trigger=row.trigger,
        on_default=row.on_default,
    )
