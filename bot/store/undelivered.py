"""What Slack is to show and does not: each message with the reason why it waits, to be sent at once or given up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Table, and_, func, select, true, update

from bot.messages import OutboxState
from bot.store.engine.statements import Repository
from bot.store.message_json import parse_message
from bot.store.outbox import IN_VAIN, SET_ASIDE, is_placed, is_queued
from bot.store.tables.publishing import cards, outbox

DROPPED = "dropped"
"""The reason of what an operator gave up."""


class WaitReason(StrEnum):
    """Why a message waits. What the operator reads follows in bot/operating/outbox_commands.py."""

    SENDING = "sending"
    UNREADABLE = "unreadable"
    FAILING = "failing"
    NO_CARD = "no_card"
    NO_ANSWER = "no_answer"
    SLACK_LIMIT = "slack_limit"
    LATER = "later"
    IN_LINE = "in_line"


@dataclass(frozen=True, slots=True)
class Undelivered:
    """`until` is when it is tried again, where that is known."""

    id: str
    workspace: str
    channel: str
    key: str
    since: datetime
    tries: int
    why: WaitReason
    until: datetime | None = None


class UndeliveredRepository(Repository):
    async def list_all(self, now: datetime) -> list[Undelivered]:
        """Cards first, then notices, each oldest first."""
        unshown = select(cards).where(_UNSHOWN).order_by(cards.c.id)
        queued = select(outbox, is_placed().label("placed")).where(is_queued(outbox)).order_by(outbox.c.id)
        return [
            *[_build_card(row, now) for row in await self._connection.execute(unshown)],
            *[_build_notice(row, now) for row in await self._connection.execute(queued)],
        ]

    async def load_set_aside(self, workspace: str | None) -> tuple[int, datetime | None]:
        """How many notices were tried in vain so often that others pass them, and when the oldest was published."""
        mine = outbox.c.workspace == workspace if workspace else true()
        aside = and_(is_queued(outbox), outbox.c.tries >= IN_VAIN, outbox.c.leased_until.is_not(None), mine)
        query = select(func.count(), func.min(outbox.c.published_at)).where(aside)
        count, since = tuple((await self._connection.execute(query)).one())
        return count, since

    async def make_due(self, ids: Collection[str], now: datetime) -> None:
        """They are due now; what an attempt may have left in Slack is looked for first."""
        free = {"not_before": None, "leased_by": None, "leased_until": None, "attempt": None}
        await self._change(cards, ids, free, now=now)
        await self._change(outbox, ids, {**free, "tries": 0}, now=now)

    async def drop(self, ids: Collection[str], now: datetime) -> None:
        """They are never posted."""
        await self._change(cards, ids, {"gone_at": now, "gone_reason": DROPPED, "attempt": None}, now=now)
        await self._change(
            outbox, ids, {"state": OutboxState.GONE, "reason": DROPPED, "settled_at": now, "attempt": None}, now=now
        )

    async def _change(self, table: Table, ids: Collection[str], values: dict[str, Any], *, now: datetime) -> None:
        """What is on its way to Slack right now stays as it is."""
        kind = "card:" if table is cards else "notice:"
        named = [int(one.removeprefix(kind)) for one in ids if one.startswith(kind)]
        waiting = _UNSHOWN if table is cards else is_queued(outbox)
        idle = (table.c.leased_until.is_(None)) | (table.c.leased_until < now)
        await self._connection.execute(update(table).where(table.c.id.in_(named), waiting, idle).values(values))


_UNSHOWN = and_(cards.c.gone_at.is_(None), cards.c.wanted > cards.c.shown)


def _build_card(row: Row[Any], now: datetime) -> Undelivered:
    why, until = _find_reason(row, now, tries=0)
    key = f"card:{row.pipeline_id}"
    return Undelivered(f"card:{row.id}", row.workspace, row.channel, key, row.wanted_at, 0, why, until)


def _build_notice(row: Row[Any], now: datetime) -> Undelivered:
    why, until = _find_reason(row, now, tries=row.tries)
    if why is WaitReason.IN_LINE and not row.placed:
        why = WaitReason.NO_CARD
    if not _is_readable(row):
        why = WaitReason.UNREADABLE
    return Undelivered(f"notice:{row.id}", row.workspace, row.channel, row.key, row.published_at, row.tries, why, until)


def _find_reason(row: Row[Any], now: datetime, *, tries: int) -> tuple[WaitReason, datetime | None]:
    if row.leased_until and row.leased_until >= now:
        return WaitReason.SENDING, None
    if tries >= IN_VAIN and row.leased_until:
        return WaitReason.FAILING, max(now, row.leased_until + SET_ASIDE)
    if row.not_before and row.not_before > now:
        limited = WaitReason.SLACK_LIMIT if tries else WaitReason.LATER
        return (WaitReason.NO_ANSWER if row.attempted_at else limited), row.not_before
    return (WaitReason.NO_ANSWER if row.attempted_at else WaitReason.IN_LINE), None


def _is_readable(row: Row[Any]) -> bool:
    try:
        return all(parse_message(text) for text in (row.message, row.details) if text)
    except (AttributeError, LookupError, TypeError, ValueError):
        return False
