"""A pipeline as it was read is written down, over what others wrote meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.notify.readings import READ_APART, Reading
from bot.store.pipelines import FollowedPipeline
from bot.store.store import Tx


@dataclass(frozen=True, slots=True)
class SavedPipeline:
    """`undisturbed`: nobody has written it since it was read the last time. `changed`: its cards are drawn again."""

    undisturbed: bool
    changed: bool


async def upsert_pipeline(tx: Tx, reading: Reading, now: datetime) -> SavedPipeline:
    """Its cards are to be drawn again if it changed."""
    text, before = reading.snapshot.model_dump_json(), reading.before
    undisturbed = before is not None and await _update_pipeline(tx, reading, text, over=before.version)
    if not undisturbed:
        text, before = await _upsert_disturbed(tx, reading, text, now)
    changed = before is None or before.snapshot_json != text or reading.abandoned_as is not None
    if changed:
        await tx.cards.mark_pipeline_dirty(reading.snapshot.pipeline.id)
    return SavedPipeline(undisturbed, changed)


async def _upsert_disturbed(tx: Tx, reading: Reading, text: str, now: datetime) -> tuple[str, FollowedPipeline | None]:
    """Over whatever is written by now: what is written then, and what was."""
    pipeline = reading.snapshot.pipeline
    while before := await tx.pipelines.find(pipeline.id):
        merged = _merge(reading, before)
        text = merged.snapshot.model_dump_json()
        if await _update_pipeline(tx, merged, text, over=before.version):
            return text, before
    await tx.pipelines.follow(
        pipeline.id,
        reading.project,
        pipeline.number,
        branch=pipeline.branch,
        tag=pipeline.tag,
        snapshot=text,
        now=now,
    )
    await _update_pipeline(tx, reading, text, over=None)
    return text, None


def _merge(reading: Reading, stored: FollowedPipeline) -> Reading:
    """What was read, and of what is stored that which others read: the one reads deploys alone, the others all else.

    Where another process read all else too, nobody knows whose reading is older: it is read once more, and at once.
    """
    if not reading.of_deploys:
        kept = {name: getattr(stored.snapshot, name) for name in READ_APART}
        merged = replace(reading, snapshot=reading.snapshot.model_copy(update=kept))
        again = replace(merged, next_look_at=reading.read_at, was_due_at=stored.next_look_at)
        return again if _was_read_by_another(reading.before, stored) else merged
    return replace(
        reading,
        snapshot=stored.snapshot.model_copy(update={name: getattr(reading.snapshot, name) for name in READ_APART}),
        finished_at=stored.finished_at,
        next_look_at=stored.next_look_at,
        was_due_at=stored.next_look_at,
    )


def _was_read_by_another(before: FollowedPipeline | None, stored: FollowedPipeline) -> bool:
    if before is None:
        return False
    kept = {name: getattr(stored.snapshot, name) for name in READ_APART}
    return before.snapshot.model_copy(update=kept) != stored.snapshot


async def _update_pipeline(tx: Tx, reading: Reading, text: str, *, over: int | None) -> bool:
    pipeline = reading.snapshot.pipeline
    return await tx.pipelines.update(
        pipeline.id,
        text,
        pipeline.branch,
        tag=pipeline.tag,
        finished_at=reading.finished_at,
        next_look_at=reading.next_look_at,
        was_due_at=reading.was_due_at,
        over=over,
    )
