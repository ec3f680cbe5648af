"""What a hold lets through stays true while it waits: what runs by now where the deploy reader found that it deploys.

It is read off what was told of deploys: CircleCI is asked nothing for it. Where nobody hears of them, the deploy reader
asks again now and then.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.circleci.deploys_ahead import DeployAhead, update_running
from bot.notify.readings import Reading
from bot.store.pipelines import FollowedPipeline
from bot.store.store import Tx


async def update_ahead(tx: Tx, reading: Reading, now: datetime) -> Reading:
    """Nothing of what waits no longer."""
    snapshot = reading.snapshot
    if not snapshot.ahead:
        return reading
    waiting = {job.id for _workflow, job in snapshot.pending_holds}
    ahead = [one for one in snapshot.ahead if one.hold in waiting]
    if ahead:
        told = update_running(ahead, await tx.running_deploys.list_made(reading.project, now))
        ahead = await _compare(tx, reading, told)
    return replace(reading, snapshot=snapshot.model_copy(update={"ahead": tuple(ahead)}))


async def _compare(tx: Tx, reading: Reading, ahead: list[DeployAhead]) -> list[DeployAhead]:
    """With what is known of the pipelines that made what runs."""
    made = {one.id: one for one in await tx.pipelines.list_by_ids({one.pipeline_id for one in ahead} - {""})}
    pushers = {each: await _list_pushers(tx, reading, maker) for each, maker in made.items()}
    return [
        one.model_copy(
            update={
                "number": maker.number if (maker := made.get(one.pipeline_id)) else 0,
                "revision": (maker.snapshot.pipeline.revision or "") if maker else "",
                "pushers": pushers.get(one.pipeline_id, ()),
            }
        )
        for one in ahead
    ]


async def _list_pushers(tx: Tx, reading: Reading, maker: FollowedPipeline) -> tuple[str, ...]:
    """Since then, to the same branch."""
    pipeline = reading.snapshot.pipeline
    if maker.branch is None or maker.branch != pipeline.branch or maker.number >= pipeline.number:
        return ()
    return tuple(
        await tx.shipped_pushes.list_pushers(
            reading.project, maker.branch, first=maker.number + 1, last=pipeline.number
        )
    )
