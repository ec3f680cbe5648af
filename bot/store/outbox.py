"""Notices, from the transaction that publishes them until Slack has them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, delete, exists, func, or_, select, update

from bot.domain import Message, Notice
from bot.store.rows import Noun
from bot.store.tables import cards, outbox

_IN_VAIN = 3
"""After so many tries that ended without any answer, sending it is what breaks: the rest of its channel goes first."""


class Outbox(Noun):
    async def add(
        self,
        key: str,
        workspace: str,
        channel: str,
        message: Message,
        *,
        card_id: int | None = None,
        thread_ts: str | None = None,
        broadcast: bool = False,
        not_before: datetime | None = None,
        now: datetime,
    ) -> bool:
        """False when this was published before: the key makes a second publication a no-op."""
        values = {
            "key": key,
            "workspace": workspace,
            "channel": channel,
            "card_id": card_id,
            "thread_ts": thread_ts,
            "broadcast": broadcast,
            "message": json.dumps({"text": message.text, "blocks": list(message.blocks)}),
            "state": "queued",
            "not_before": not_before,
            "tries": 0,
            "published_at": now,
        }
        return await self._insert_new(outbox, values)

    async def claim(self, now: datetime, lease_s: float, holder: str, limit: int) -> list[Notice]:
        """The next notice of each channel, where none of that channel is on its way; ours for `lease_s` seconds.

        A reply waits until its card has a place in Slack, or is gone.
        """
        due = (
            select(outbox, cards.c.ts.label("card_ts"), cards.c.gone_at.label("card_gone_at"))
            .outerjoin(cards, cards.c.id == outbox.c.card_id)
            .where(outbox.c.id.in_(_first_in_line(now)), outbox.c.state == "queued", _free(now), ~_channel_is_busy(now))
            .order_by(outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=outbox)
        )
        rows = (await self._connection.execute(due)).all() if limit else []
        if rows:
            claimed = update(outbox).where(outbox.c.id.in_([row.id for row in rows]))
            until = now + timedelta(seconds=lease_s)
            await self._connection.execute(
                claimed.values(leased_by=holder, leased_until=until, tries=outbox.c.tries + 1)
            )
        return [_notice(row) for row in rows]

    async def keep(self, notice_id: int, holder: str, until: datetime) -> None:
        """Renew the lease, unless it is no longer ours."""
        ours = update(outbox).where(outbox.c.id == notice_id, outbox.c.leased_by == holder)
        await self._connection.execute(ours.values(leased_until=until))

    async def settle_sent(self, notice_id: int, ts: str, now: datetime) -> None:
        await self._settle(notice_id, state="sent", sent_ts=ts, settled_at=now)

    async def settle_retry(self, notice_id: int, not_before: datetime) -> None:
        """Slack asks us to wait. That is an answer: the tries count anew, and the channel waits for this one."""
        await self._settle(notice_id, not_before=not_before, tries=1)

    async def settle_gone(self, notice_id: int, reason: str, now: datetime) -> None:
        """It can never be sent; `reason` is Slack's word."""
        await self._settle(notice_id, state="gone", reason=reason, settled_at=now)

    async def backlog(self) -> int:
        """How many notices wait."""
        query = select(func.count()).select_from(outbox).where(outbox.c.state == "queued")
        return await self._connection.scalar(query) or 0

    async def prune(self, before: datetime) -> int:
        """Forget what was settled before then."""
        old = and_(outbox.c.state != "queued", outbox.c.settled_at < before)
        return (await self._connection.execute(delete(outbox).where(old))).rowcount

    async def _settle(self, notice_id: int, **values: Any) -> None:
        settled = update(outbox).where(outbox.c.id == notice_id)
        await self._connection.execute(settled.values(leased_by=None, leased_until=None, **values))


def _first_in_line(now: datetime) -> Select[int]:
    """The next notice of each channel: oldest first, but whoever was tried in vain lets its channel pass."""
    in_vain = case((outbox.c.tries >= _IN_VAIN, 1), else_=0)
    place = func.row_number().over(partition_by=[outbox.c.workspace, outbox.c.channel], order_by=[in_vain, outbox.c.id])
    line = select(outbox.c.id, place.label("place")).where(_ready(now)).subquery()
    return select(line.c.id).where(line.c.place == 1)


def _ready(now: datetime) -> ColumnElement[bool]:
    """Its time has come, and the card that it replies to has a place or never will."""
    card = cards.alias("card")
    placed = exists().where(card.c.id == outbox.c.card_id, or_(card.c.ts.is_not(None), card.c.gone_at.is_not(None)))
    return and_(
        outbox.c.state == "queued",
        or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now),
        or_(outbox.c.card_id.is_(None), placed),
    )


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(outbox.c.leased_until.is_(None), outbox.c.leased_until < now)


def _channel_is_busy(now: datetime) -> ColumnElement[bool]:
    """One of its notices is on its way, or waits as Slack asked."""
    other = outbox.alias("other")
    held = and_(other.c.tries > 0, other.c.not_before > now)
    return exists().where(
        other.c.state == "queued",
        other.c.workspace == outbox.c.workspace,
        other.c.channel == outbox.c.channel,
        or_(other.c.leased_until >= now, held),
    )


def _notice(row: Row[Any]) -> Notice:
    message = json.loads(row.message)
    return Notice(
        id=row.id,
        key=row.key,
        workspace=row.workspace,
        channel=row.channel,
        message=Message(message["text"], message["blocks"]),
        card_id=row.card_id,
        thread_ts=row.thread_ts or (None if row.card_gone_at else row.card_ts),
        broadcast=row.broadcast,
    )
