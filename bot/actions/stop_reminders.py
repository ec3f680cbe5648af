"""To stop the reminders of holds in a channel: written down, and said aloud, so that nobody wonders."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import partial

from bot.actions import channel_announcement, thing_states
from bot.actions.channel_announcement import Announcement, Told
from bot.blocks import reminder_blocks
from bot.blocks.hold_blocks import Hold
from bot.command import Context
from bot.conversation import is_direct
from bot.rules.hold_resolution import build_hold_key, get_hold
from bot.rules.undoable_change import Thing, ThingChange, ThingKind
from bot.store.pipelines import FollowedPipeline
from bot.store.reminders import Reminder
from bot.store.revisions import STOPPED
from bot.store.store import Tx

_MOST = 10


async def list_pipelines(context: Context) -> list[FollowedPipeline]:
    """Those in which something holds of which this channel is to be reminded; the next ten."""
    async with context.store.begin_read() as tx:
        ids = await tx.reminders.list_pipelines(*context.request.place)
        found = [await tx.pipelines.find(one) for one in ids[:_MOST]]
    return [followed for followed in found if followed]


async def list_upcoming(context: Context, pipeline_id: str) -> list[Hold]:
    """The holds of a pipeline of which this channel is to be reminded."""
    async with context.store.begin_read() as tx:
        followed = await tx.pipelines.find(pipeline_id)
        due = [one for one in await tx.reminders.list_for_pipeline(pipeline_id) if one.place == context.request.place]
    if followed is None:
        return []

    holds = dict.fromkeys(one.hold for one in due)
    return [Hold(followed.snapshot, followed.project, *get_hold(followed.snapshot, hold)) for hold in holds]


async def stop(context: Context, holds: Sequence[Hold]) -> Told:
    """Stop reminding this channel of these holds of one pipeline; reminders already posted lose their button."""
    now, pipeline_id, place = context.clock.now(), holds[0].snapshot.pipeline.id, context.request.place
    keys = {build_hold_key(hold.workflow, hold.job) for hold in holds}
    thing = Thing(ThingKind.REMINDERS, " ".join([pipeline_id, *sorted(keys)]))
    async with context.store.begin() as tx:
        before = await thing_states.load_states(tx, place, [thing], now)
        await tx.reminders.delete_for_channel(keys, *place)
        await _withhold(tx, context, pipeline_id, keys=keys)
        changes = await thing_states.list_changes(tx, place, before, now)
        told = await _announce(tx, context, holds, changes=changes)
        await tx.pipelines.make_due(pipeline_id, now)
        await tx.polled_projects.make_due(holds[0].project, now)
    context.wake()
    return told


async def _withhold(tx: Tx, context: Context, pipeline_id: str, *, keys: AbstractSet[str]) -> None:
    """Drop a reminder that waits to be sent; the channel gets a new one for the other holds that it was about."""
    place, now = context.request.place, context.clock.now()
    for one in await tx.revisions.list_hold_notices(pipeline_id):
        concerned = one.place == place and not keys.isdisjoint(one.holds)
        if concerned and await tx.revisions.withdraw_unseen(one, STOPPED, now):
            for hold in set(one.holds).difference(keys):
                await tx.reminders.insert(Reminder(hold, pipeline_id, *place, now))


async def _announce(tx: Tx, context: Context, holds: Sequence[Hold], *, changes: Sequence[ThingChange]) -> Told:
    """In the card's thread."""
    place, pipeline_id = context.request.place, holds[0].snapshot.pipeline.id
    card = (
        None
        if is_direct(place.channel)
        else await tx.cards.upsert(*place, pipeline_id, asked_by=None, now=context.clock.now())
    )
    said = Announcement(
        act="unremind",
        text=partial(reminder_blocks.format_stop, context.request.user, holds),
        card_id=card.id if card else None,
    )
    return await channel_announcement.announce(tx, context, place.channel, changes=changes, said=said)
