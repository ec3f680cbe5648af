"""A change to what a channel gets is said there in one line with Undo, and logged: no channel goes quiet unnoticed.

What a change needs to be undone is kept with it, and the line goes into the outbox, in the transaction of the change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from bot.actions import audit_trail, change_notices, reachability
from bot.blocks import announcement_blocks
from bot.command import Context
from bot.conversation import Place, is_person
from bot.domain.audit_records import AuditKind
from bot.language.spoken import ENGLISH, speaking
from bot.line import Written
from bot.naming import may_notify, replace_mentions
from bot.rules.undoable_change import ThingChange, ThingKind, UndoableChange
from bot.store.store import Tx

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """`text` (mrkdwn) tells the channel, or the thread of a card; it is called in the language that is read there.

    `owner` is the person whose rule it was: where somebody else did it they get `owner_text`.
    """

    act: str
    text: Callable[[], str]
    card_id: int | None = None
    owner: str | None = None
    owner_text: Callable[[], str] = str


@dataclass(frozen=True, slots=True)
class Told:
    """Whether the person has `seen` it where they ask; else the answer says it, with the line that undoes it.

    As it is made it tells of what changed nothing.
    """

    undo: Written | None = None
    seen: bool = False


async def announce(
    tx: Tx, context: Context, channel: str, *, changes: Sequence[ThingChange], said: Announcement
) -> Told:
    """In the transaction of the change."""
    request, now = context.request, context.clock.now()
    about = " ".join(filter(None, [said.act, *(one.thing.about for one in changes)]))
    log.info(
        "channel.changed",
        channel=channel,
        act=about,
        said=await _format(tx, Place(request.workspace, channel), said.text),
    )
    _record(tx, context, channel, changes=changes, said=said)
    new = UndoableChange(
        id=0,
        workspace=request.workspace,
        channel=channel,
        user=request.user,
        act=said.act,
        changes=tuple(changes),
        made_at=now,
        notices={},
    )
    await redraw_board(tx, new)
    change = await tx.undoable_changes.insert(new)
    await change_notices.close_superseded(tx, change, now)
    aloud = reachability.is_read_by_others(context, channel)
    key = f"{about[:100]}:{channel}:{request.key}"[:280]
    notices = {key: await _format(tx, change.place, said.text)} if aloud else {}
    if said.owner and said.owner != request.user and is_person(said.owner):
        notices[f"{key}:owner"] = await _format(tx, Place(change.workspace, said.owner), said.owner_text)
    await _publish(tx, change, notices=notices, said=said)
    here = channel == (request.channel or request.user) and bool(said.card_id) == bool(request.thread_ts)
    return Told(seen=True) if aloud and here else Told(announcement_blocks.build_undo_line(change.id))


async def redraw_board(tx: Tx, change: UndoableChange) -> None:
    """Other projects may stand on the channel's board from now on."""
    if any(one.thing.kind in {ThingKind.RULE, ThingKind.PROJECT} for one in change.changes):
        await tx.boards.redraw(change.place)


def _record(tx: Tx, context: Context, channel: str, *, changes: Sequence[ThingChange], said: Announcement) -> None:
    kind = AuditKind.ACCOUNT if is_person(channel) else AuditKind.RULE
    with speaking(ENGLISH), replace_mentions():
        what = said.text()
    changed = [audit_trail.explain_change(one) for one in changes]
    audit_trail.record(context, tx, kind, act=said.act, what=what, detail={"in": channel, "changed": changed})


async def _format(tx: Tx, place: Place, text: Callable[[], str]) -> str:
    by_name = replace_mentions(may_notify(place.channel, is_new=True))
    with speaking(await tx.languages.load_for_place(*place)), by_name:
        return text()


async def _publish(tx: Tx, change: UndoableChange, *, notices: dict[str, str], said: Announcement) -> None:
    await tx.undoable_changes.set_notices(change, notices)
    for key, text in notices.items():
        theirs = key.endswith(":owner")
        await tx.outbox.insert(
            key,
            change.workspace,
            str(said.owner) if theirs else change.channel,
            message=partial(announcement_blocks.render_undoable_line, text, change.id),
            card_id=None if theirs else said.card_id,
            now=change.made_at,
        )
