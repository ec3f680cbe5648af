"""Whether a branch is green or red, and since when: its pipelines walked back, newest first, to the last green one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.circleci.client import CircleCI
from bot.circleci.models import Pipeline
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.domain import BAD, ProjectSlug

LOOKS = 25
_AT_ONCE = 5
_RED = BAD | {"errored"}


@dataclass(frozen=True, slots=True)
class BranchHistory:
    """`newest` may run yet. `red` are the bad ends since `green`, newest first; empty where the branch is green.

    `green` is None where none of the last 25 was.
    """

    newest: Snapshot
    red: tuple[Snapshot, ...] = ()
    green: Snapshot | None = None

    @property
    def last_end(self) -> Snapshot | None:
        """What says how the branch is."""
        return self.red[0] if self.red else self.green

    @property
    def breaker(self) -> Snapshot | None:
        """The first bad end after the last green one."""
        return self.red[-1] if self.red else None


async def fetch_branch_history(circleci: CircleCI, project: ProjectSlug, branch: str) -> BranchHistory | None:
    """None for a branch of which CircleCI knows no pipeline. Raises CircleCIError.

    What runs, waits, was canceled or had nothing to do says nothing about the branch.
    """
    newest: Snapshot | None = None
    red: list[Snapshot] = []
    async for several in _iterate_batches(circleci.list_pipelines(project, branch=branch, pages=2)):
        for snapshot in await asyncio.gather(*(_fetch_statuses(circleci, pipeline) for pipeline in several)):
            newest = newest or snapshot
            if snapshot.status == "success":
                return BranchHistory(newest, tuple(red), snapshot)
            if snapshot.status in _RED:
                red.append(snapshot)
    return BranchHistory(newest, tuple(red)) if newest else None


async def _iterate_batches(pipelines: AsyncIterator[Pipeline]) -> AsyncIterator[list[Pipeline]]:
    """The first alone: mostly it says all."""
    looked, batch, size = 0, list[Pipeline](), 1
    async for pipeline in pipelines:
        batch.append(pipeline)
        looked += 1
        if len(batch) == size or looked == LOOKS:
            yield batch
            batch, size = [], _AT_ONCE
        if looked == LOOKS:
            return
    if batch:
        yield batch


async def _fetch_statuses(circleci: CircleCI, pipeline: Pipeline) -> Snapshot:
    workflows = await circleci.list_pipeline_workflows(pipeline.id)
    return Snapshot(pipeline=pipeline, workflows=tuple(WorkflowRun(workflow=one) for one in workflows))
