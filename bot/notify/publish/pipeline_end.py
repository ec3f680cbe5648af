"""The end of a pipeline, told to whoever asked for it."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from bot.blocks import notice_blocks
from bot.circleci.links import Links
from bot.circleci.snapshot import Snapshot
from bot.notify.publish import card_thread, mentioning
from bot.notify.publish.mentioning import MentionContext
from bot.notify.readings import Reading
from bot.store.store import Tx


async def tell_askers(tx: Tx, reading: Reading, links: Links, now: datetime) -> None:
    """The pipeline is over: whoever asked for it is mentioned, once for each end (a rerun ends again).

    Not who ended it themselves; and who was mentioned for it before is spared the ping.
    """
    snapshot = reading.snapshot
    end = _build_end_key(snapshot)
    for card in await tx.cards.list_for_pipeline(snapshot.pipeline.id):
        asked_by = card.asked_by
        if asked_by is None or await card_thread.has_reply(tx, end, card):
            continue
        if asked_by in await mentioning.list_cancelers(tx, snapshot, card.workspace):
            continue
        told = MentionContext(end, snapshot, (card.workspace, card.channel), now)
        to = asked_by if await mentioning.mark_mentioned(tx, asked_by, told) else None
        await card_thread.insert_reply(
            tx, end, card, notice_blocks.render_ended(snapshot, reading.project, to, links), now
        )


def _build_end_key(snapshot: Snapshot) -> str:
    """What tells this end of the pipeline from an end after a rerun."""
    runs = ",".join(sorted(run.workflow.id for run in snapshot.get_newest_runs()))
    return f"end:{snapshot.pipeline.id}:{sha256(runs.encode()).hexdigest()[:16]}"
