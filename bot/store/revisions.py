"""Notices that change: one says that a hold waits until it is decided, then how; one of a failure that it is over.

What is still queued is posted as it is by then. What was posted is changed: like a card it is desired state, `revision`
runs ahead and delivery brings `shown` after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, null, or_, select, update

from bot.conversation import Place
from bot.messages import Drawing, Message, Notice, OutboxState
from bot.store.engine.statements import bind_columns
from bot.store.languages import DrawingRepository
from bot.store.leases import NOW, build_attempt, is_unleased
from bot.store.message_json import parse_message, serialize_message
from bot.store.notice_rows import read_notices
from bot.store.outbox import build_project_column
from bot.store.rate_limiter import UNLIMITED, UPDATE, Bucket, BucketLimits, RateLimiter, is_exhausted, limit_rows
from bot.store.tables.publishing import cards, outbox

DECIDED, STOPPED = "decided", "stopped"
"""Why a reminder was never posted: its holds were decided, or its channel no longer wants reminders."""

_HOLD_NOTICES = (
    select(outbox)
    .where(bind_columns(outbox, "about"), outbox.c.state.in_([OutboxState.QUEUED, OutboxState.SENT]))
    .order_by(outbox.c.id)
)
_PLACE = select(outbox.c.workspace, outbox.c.channel, outbox.c.sent_ts).where(bind_columns(outbox, "key"))
_FOLDED = outbox.alias("folded")
_IS_SUMMARY = exists().where(_FOLDED.c.folded_into == outbox.c.id).correlate(outbox)
_ONE_MORE = {"shown": func.coalesce(outbox.c.shown, 0), "revision": func.coalesce(outbox.c.revision, 0) + 1}
DUE = (
    select(outbox, null().label("card_ts"), null().label("card_gone_at"), build_project_column())
    .outerjoin(cards, cards.c.id == outbox.c.card_id)
    .where(outbox.c.sent_ts.is_not(None), outbox.c.revision > outbox.c.shown)
    .where(or_(outbox.c.not_before.is_(None), outbox.c.not_before <= NOW), is_unleased(outbox))
    .where(~is_exhausted(UPDATE, outbox.c.workspace, ""))
    .order_by(outbox.c.id)
)


@dataclass(frozen=True, slots=True)
class HoldNotice:
    """A notice that says that some of these holds (by the keys of their outcomes) wait, as it says it now.

    `reminded_at` is when it reminded of them; None for an announcement. `is_posted` once Slack has it, and `broadcast`
    where the channel sees it outside of its thread too.
    """

    id: int
    key: str
    workspace: str
    channel: str
    pipeline_id: str
    holds: tuple[str, ...]
    message: Message
    reminded_at: datetime | None
    published_at: datetime
    is_posted: bool
    broadcast: bool

    @property
    def place(self) -> Place:
        return Place(self.workspace, self.channel)

    @property
    def asks_somebody(self) -> bool:
        """Whether a person asks others by it, or we do after a while; by the key."""
        return self.key.startswith("ask:") or self.key.endswith(":escalated")


class RevisionRepository(DrawingRepository):
    table = outbox
    due_query = DUE
    claim_update = build_attempt(outbox)

    async def list_hold_notices(self, pipeline_id: str) -> list[HoldNotice]:
        """What says that holds of this pipeline wait, be it posted or still queued."""
        return [
            _build_hold_notice(row) for row in await self._connection.execute(_HOLD_NOTICES, {"about": pipeline_id})
        ]

    async def restate(self, notice: HoldNotice, drawing: Drawing) -> None:
        """This is what it says by now, of holds of which some still wait; written only where it says something else."""
        message = await self._languages.draw(*notice.place, drawing, is_new=not notice.is_posted, with_holds=True)
        if serialize_message(message) != serialize_message(notice.message):
            await self._update_message(outbox.c.id == notice.id, message)

    async def set_holds(self, notice: HoldNotice) -> None:
        """It is about these holds from now on."""
        changed = update(outbox).where(outbox.c.id == notice.id).values(holds=" ".join(notice.holds))
        await self._connection.execute(changed)

    async def conclude(self, notice: HoldNotice, drawing: Drawing, now: datetime) -> None:
        """None waits any more: this is what it says from now on. A reminder that nobody has seen is dropped."""
        if not await self.withdraw_unseen(notice, DECIDED, now):
            message = await self._languages.draw(*notice.place, drawing, is_new=not notice.is_posted)
            await self._update_message(outbox.c.id == notice.id, message, about=None, good_until=None)

    async def withdraw_unseen(self, notice: HoldNotice, reason: str, now: datetime) -> bool:
        """Never post it; False where somebody may have seen it, and for what is no reminder."""
        unseen = and_(
            outbox.c.state == OutboxState.QUEUED, outbox.c.attempted_at.is_(None), outbox.c.good_until.is_not(None)
        )
        dropped = update(outbox).where(outbox.c.id == notice.id, unseen)
        dropped = dropped.values(state=OutboxState.GONE, reason=reason, settled_at=now, about=None)
        return (await self._connection.execute(dropped)).rowcount == 1

    async def revise(self, key: str, drawing: Drawing) -> None:
        """This is what the notice with this key says from now on, be it posted or still queued."""
        if row := (await self._connection.execute(_PLACE, {"key": key})).one_or_none():
            is_new = row.sent_ts is None
            message = await self._languages.draw(row.workspace, row.channel, drawing, is_new=is_new)
            await self._update_message(outbox.c.key == key, message)

    async def revise_each(self, keys: Collection[str], change: Callable[[Message], Message]) -> None:
        """The notices with these keys say something else from now on, and so do details that follow one of them."""
        told = select(outbox).where(outbox.c.key.in_(keys), outbox.c.state.in_([OutboxState.QUEUED, OutboxState.SENT]))
        for row in (await self._connection.execute(told)).all():
            draw = partial(self._languages.draw, row.workspace, row.channel, is_new=row.sent_ts is None)
            message = await draw(partial(change, parse_message(row.message)))
            if serialize_message(message) != row.message:
                await self._update_message(outbox.c.id == row.id, message)
            if row.details:
                details = serialize_message(await draw(partial(change, parse_message(row.details))))
                await self._connection.execute(update(outbox).where(outbox.c.id == row.id).values(details=details))

    async def _update_message(self, this: ColumnElement[bool], message: Message, **more: None) -> None:
        """A summary stays as it is: it tells of others too."""
        changing = update(outbox).where(this, ~_IS_SUMMARY)
        await self._connection.execute(changing.values(_ONE_MORE | {"message": serialize_message(message), **more}))

    async def claim(
        self,
        now: datetime,
        lease_s: float,
        holder: str,
        *,
        limit: int,
        rates: BucketLimits = UNLIMITED,
        full: Collection[Bucket] = (),
    ) -> list[Notice]:
        """Posted notices that Slack shows as they no longer are, those posted first before the others."""
        if limit <= 0:
            return []
        rows = await self._list_due(now, limit, rates, full=full)
        may = await RateLimiter(self._connection).take(
            UPDATE, Counter(map(_workspace_bucket, rows)), rates.updates, now=now
        )
        rows = limit_rows(may, rows, _workspace_bucket)
        attempt = await self._claim(rows, now, lease_s, holder=holder)
        return [replace(notice, attempt=attempt) for _, notice in read_notices(rows)]

    async def settle_shown(self, notice: Notice) -> bool:
        """Slack shows what it said at the claim."""
        return await self._settle(notice, shown=notice.revision)

    async def settle_undeliverable(self, notice: Notice, reason: str) -> bool:
        """Its message is not there any more, or may not be changed: it stays as it is."""
        return await self._settle(notice, shown=notice.revision, reason=reason)

    async def mark_dirty(self, notice_id: int, not_before: datetime) -> None:
        """Slack may show something old by then: whatever it shows, show it the newest once more."""
        late = update(outbox).where(outbox.c.id == notice_id)
        await self._connection.execute(late.values(_ONE_MORE | {"not_before": not_before}))


def _build_hold_notice(row: Row[Any]) -> HoldNotice:
    """Only a reminder is good until something."""
    return HoldNotice(
        id=row.id,
        key=row.key,
        workspace=row.workspace,
        channel=row.channel,
        pipeline_id=row.about,
        holds=tuple(row.holds.split()),
        message=parse_message(row.message),
        reminded_at=row.published_at if row.good_until else None,
        published_at=row.published_at,
        is_posted=row.sent_ts is not None,
        broadcast=row.broadcast,
    )


def _workspace_bucket(row: Row[Any]) -> Bucket:
    return Bucket(row.workspace)
