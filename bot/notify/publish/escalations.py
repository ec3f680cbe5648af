"""What changes about approvals by itself: votes end, and others are asked where nobody approved in time.

When the next of it is due stands in the database, as the pipeline's next reading: no clock of a process counts.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from bot.blocks import hold_blocks
from bot.blocks.hold_blocks import Hold
from bot.circleci.links import Links
from bot.messages import About
from bot.notify.publish import standings
from bot.notify.publish.channel_notices import insert_reply
from bot.notify.readings import Reading
from bot.rules.hold_resolution import get_hold
from bot.rules.voting import Standing
from bot.store.store import Tx


async def ask_others(tx: Tx, reading: Reading, links: Links, now: datetime) -> None:
    """Ask others for what waited too long, and have the pipeline read again when the next is due."""
    known = await standings.load(tx, reading)
    for one in await standings.list_escalating(tx, known, now):
        await _ask(tx, reading, one, links, now)
    if next_at := standings.find_next_at(await standings.load(tx, reading), now):
        await tx.pipelines.make_due_by(reading.snapshot.pipeline.id, next_at)


async def _ask(tx: Tx, reading: Reading, standing: Standing, links: Links, now: datetime) -> None:
    """Wherever the workspace has a card of the pipeline."""
    approval = standing.approval
    hold = Hold(reading.snapshot, reading.project, *get_hold(reading.snapshot, approval.subject), standing)
    draw = partial(hold_blocks.render_escalation, hold, links, approval.escalate_to)
    about = About(approval.pipeline_id, (approval.subject,))
    for card in await tx.cards.list_for_pipeline(approval.pipeline_id):
        if card.workspace == approval.workspace and not card.gone_reason:
            await insert_reply(tx, f"{approval.subject}:escalated", card, draw, now, about=about)
