"""Pipelines of which somebody wants to hear what they deploy, and when CircleCI is asked. Replicas share them by lease.

A row is written with the end that may have deployed something, and goes when there is nothing more to find out. So
nothing that is about the pipeline itself depends on what CircleCI says of deploys.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, update

from bot.domain import ProjectSlug
from bot.store.engine.statements import bind_key
from bot.store.leases import DueRepository, build_due_claim
from bot.store.tables.polling import deploy_looks

_OURS = and_(bind_key(deploy_looks, "pipeline_id"), deploy_looks.c.leased_by == bindparam("holder"))
_UNCHANGED = and_(_OURS, deploy_looks.c.ends == bindparam("known_ends"))
_FREE = {"leased_by": None, "leased_until": None}


@dataclass(frozen=True, slots=True)
class DeployLook:
    """`since` is when something of the pipeline ended last, the `ends`th time that anything did.

    `failures` counts how often in a row we failed to look, for a reason of our own.
    """

    pipeline_id: str
    project: ProjectSlug
    since: datetime
    ends: int
    next_look_at: datetime
    failures: int = 0


class DeployLookRepository(DueRepository[DeployLook]):
    table = deploy_looks
    key = "pipeline_id"
    claim_update = build_due_claim(deploy_looks, "pipeline_id")

    @staticmethod
    def build(row: Row[Any]) -> DeployLook:
        return DeployLook(
            row.pipeline_id,
            ProjectSlug.parse(row.project),
            row.since,
            row.ends,
            row.next_look_at,
            failures=row.failures or 0,
        )

    async def ask(self, pipeline_id: str, project: ProjectSlug, now: datetime) -> None:
        """Something of it has ended: CircleCI is asked at once, also where it was asked before."""
        due = {"since": now, "next_look_at": now, "failures": 0}
        new = self._build_insert(deploy_looks).values(pipeline_id=pipeline_id, project=str(project), ends=1, **due)
        again = {"ends": deploy_looks.c.ends + 1, **due}
        await self._connection.execute(new.on_conflict_do_update(index_elements=["pipeline_id"], set_=again))

    async def settle(
        self, look: DeployLook, again_at: datetime | None, holder: str, *, has_failed: bool = False
    ) -> None:
        """Give the lease back until `again_at`, or forget the row; one of which more ended meanwhile stays due."""
        this = {"this_pipeline_id": look.pipeline_id, "holder": holder}
        known = {**this, "known_ends": look.ends}
        if again_at is None:
            await self._connection.execute(delete(deploy_looks).where(_UNCHANGED), known)
        else:
            later = (
                update(deploy_looks)
                .where(_UNCHANGED)
                .values(next_look_at=again_at, failures=look.failures + 1 if has_failed else 0)
            )
            await self._connection.execute(later, known)
        await self._connection.execute(update(deploy_looks).where(_OURS).values(**_FREE), this)
