"""To stop the reminders of holds in a channel: written down, and said aloud, so that nobody wonders."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from bot.actions import channel_announcement
from bot.blocks import reminder_blocks
from bot.blocks.hold_blocks import Hold
from bot.circleci.snapshot import Snapshot
from bot.command import Context
from bot.conversation import is_direct
from bot.rules.hold_resolution import find, key
from bot.store.pipelines import Followed
from bot.store.reminders import Reminder
from bot.store.revisions import STOPPED
from bot.store.store import Tx

_MOST = 10


async def pipelines(context: Context) -> list[Followed]:
    """Those in which something holds of which this channel is to be reminded; the next ten."""
    async with context.store.read() as tx:
        ids = await tx.reminders.pipelines(*_here(context))
        found = [await tx.pipelines.get(one) for one in ids[:_MOST]]
    return [followed for followed in found if followed]


async def to_come(context: Context, pipeline_id: str) -> list[Hold]:
    """The holds of a pipeline of which this channel is to be reminded."""
    async with context.store.read() as tx:
        followed = await tx.pipelines.get(pipeline_id)
        due = [one for one in await tx.reminders.of(pipeline_id) if one.is_for(*_here(context))]
    if followed is None:
        return []
    snapshot = Snapshot.model_validate_json(followed.snapshot)
    holds = dict.fromkeys(one.hold for one in due)
    return [Hold(snapshot, followed.project, *find(snapshot, hold)) for hold in holds]


async def stop(context: Context, holds: Sequence[Hold]) -> None:
    """This channel is reminded of these holds of one pipeline no more; the reminders that stand lose their button."""
    now, pipeline_id = context.clock.now(), holds[0].snapshot.pipeline.id
    keys = {key(hold.workflow, hold.job) for hold in holds}
    async with context.store.begin() as tx:
        await tx.reminders.stop(keys, *_here(context))
        await _withhold(tx, context, pipeline_id, keys)
        await _say_aloud(tx, context, holds)
        await tx.pipelines.hurry(pipeline_id, now)
        await tx.watches.hurry(holds[0].project, now)
    context.nudge()


async def _withhold(tx: Tx, context: Context, pipeline_id: str, keys: AbstractSet[str]) -> None:
    """One that waits to be sent is not; of the other holds that it is about the channel is reminded anew."""
    place, now = _here(context), context.clock.now()
    for one in await tx.revisions.standing(pipeline_id):
        concerned = (one.workspace, one.channel) == place and not keys.isdisjoint(one.holds)
        if concerned and await tx.revisions.drop_unseen(one, STOPPED, now):
            for hold in set(one.holds).difference(keys):
                await tx.reminders.add(Reminder(hold, pipeline_id, *place, now))


async def _say_aloud(tx: Tx, context: Context, holds: Sequence[Hold]) -> None:
    """In the card's thread."""
    workspace, channel = _here(context)
    pipeline_id, message = holds[0].snapshot.pipeline.id, reminder_blocks.stopped_by(context.request.user, holds)
    direct = is_direct(channel)
    card = None if direct else await tx.cards.want(workspace, channel, pipeline_id, None, context.clock.now())
    await channel_announcement.say(tx, context, channel, message, what="unremind", card_id=card.id if card else None)


def _here(context: Context) -> tuple[str, str]:
    return context.request.workspace, context.request.channel or context.request.user
