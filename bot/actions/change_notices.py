"""The lines that tell of a change: each has the button that undoes it, for as long as it would."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from bot.actions import thing_states
from bot.blocks import announcement_blocks, kit
from bot.messages import Message
from bot.rules.undoable_change import ThingChange, ThingKind, UndoableChange
from bot.store.store import Tx


async def close_superseded(tx: Tx, by: UndoableChange, now: datetime) -> None:
    """What was said of the same things before can no longer be undone: something newer stands in their place."""
    things = {one.thing for one in by.changes}
    for change in await tx.undoable_changes.list_open(by.workspace, by.channel):
        if change.id != by.id and not things.isdisjoint(one.thing for one in change.changes):
            await restate(tx, change, now)


async def restate(tx: Tx, change: UndoableChange, now: datetime) -> None:
    """Let the lines show what can be done now; they are looked at again when that changes by itself."""
    stands = not change.undone_by and await is_standing(tx, change, now)
    _, until = _choose_button(change, now) if stands else (None, None)
    for key, text in change.notices.items():
        await tx.revisions.revise(key, partial(_render, change, text, now=now, stands=stands))
    await tx.undoable_changes.set_next_look_at(change, until)


def _render(change: UndoableChange, text: str, *, now: datetime, stands: bool) -> Message:
    button, _ = _choose_button(change, now) if stands else (None, None)
    return announcement_blocks.render_line(announcement_blocks.format_ended(text, change.undone_by), button)


def _choose_button(change: UndoableChange, now: datetime) -> tuple[kit.Pressable | None, datetime | None]:
    """Undo for ten minutes; what is muted can be unmuted as long as it is."""
    if now < change.ends_at:
        return announcement_blocks.build_undo_button(change.id), change.ends_at
    mutes = [one for one in change.changes if _is_begun_mute(one)]
    if len(mutes) == len(change.changes) == 1:
        state = mutes[0].after or {}
        return announcement_blocks.build_unmute_button(mutes[0].thing.about), datetime.fromisoformat(state["until"])
    return None, None


def _is_begun_mute(change: ThingChange) -> bool:
    return change.thing.kind is ThingKind.MUTE and change.after is not None


async def is_standing(tx: Tx, change: UndoableChange, now: datetime) -> bool:
    """Whether everything is as the change left it."""
    states = await thing_states.load_states(tx, change.place, (one.thing for one in change.changes), now)
    return all(one.is_still(states[one.thing]) for one in change.changes)
