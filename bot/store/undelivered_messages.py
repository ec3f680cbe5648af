"""What Slack is to show and does not: each message with the reason why it waits, to be sent at once or given up."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, and_, func, or_, select, true, update

from bot.messages import OutboxState, Undelivered, WaitReason
from bot.store.engine.statements import Repository
from bot.store.message_json import parse_message
from bot.store.outbox import IN_VAIN, SET_ASIDE, build_project_column, is_placed, is_queued
from bot.store.tables.publishing import cards, outbox, pipelines

DROPPED = "dropped"
"""The reason of what an operator gave up."""

_MEANT = (
    DROPPED,
    "decided",
    "erased",
    "expired",
    "lost",
    "opted_out",
    "pipeline_forgotten",
    "stale",
    "stopped",
    "summarised",
    "unpinned",
    "cannot_reply_to_message",
    "cant_update_message",
    "edit_window_closed",
    "message_not_found",
    "thread_not_found",
)
"""Reasons why something is never posted, or no longer shown, that nobody has to mend."""


class UndeliveredRepository(Repository):
    async def list_all(
        self, now: datetime, workspace: str | None = None, limit: int | None = None
    ) -> list[Undelivered]:
        """Of this workspace, or of all: cards first, then notices, each oldest first, and of each `limit` at most."""
        waiting, queued = (_select(table, workspace).limit(limit) for table in (cards, outbox))
        return [
            *[_build_card(row, now) for row in await self._connection.execute(waiting)],
            *[_build_notice(row, now) for row in await self._connection.execute(queued)],
        ]

    async def load_set_aside(self, workspace: str | None) -> tuple[int, datetime | None]:
        """How many notices were tried in vain so often that others pass them, and when the oldest was published."""
        mine = outbox.c.workspace == workspace if workspace else true()
        aside = and_(is_queued(outbox), outbox.c.tries >= IN_VAIN, outbox.c.leased_until.is_not(None), mine)
        query = select(func.count(), func.min(outbox.c.published_at)).where(aside)
        count, since = tuple((await self._connection.execute(query)).one())
        return count, since

    async def make_due(self, ids: Collection[str], now: datetime, workspace: str | None = None) -> int:
        """They are due now; what an attempt may have left in Slack is looked for first. How many they are."""
        free = {"not_before": None, "leased_by": None, "leased_until": None, "attempt": None}
        shown = {**free, "gone_at": None, "gone_reason": None}
        queued = {**free, "tries": 0, "state": OutboxState.QUEUED, "reason": None, "settled_at": None}
        await self._read_holds_again(ids, now)
        return await self._change(cards, ids, shown, now=now, workspace=workspace) + await self._change(
            outbox, ids, queued, now=now, workspace=workspace
        )

    async def _read_holds_again(self, ids: Collection[str], now: datetime) -> None:
        """What says that a hold waits may have been decided meanwhile: it is changed as soon as that is read."""
        told = select(outbox.c.about).where(outbox.c.id.in_(_parse_ids(outbox, ids)), outbox.c.about.is_not(None))
        again = update(pipelines).where(pipelines.c.id.in_(told), pipelines.c.next_look_at.is_(None))
        await self._connection.execute(again.values(next_look_at=now))

    async def drop(self, ids: Collection[str], now: datetime, workspace: str | None = None) -> int:
        """They are never posted; how many they are."""
        gone = {"gone_at": now, "gone_reason": DROPPED, "attempt": None}
        settled = {"state": OutboxState.GONE, "reason": DROPPED, "settled_at": now, "attempt": None}
        return await self._change(cards, ids, gone, now=now, workspace=workspace) + await self._change(
            outbox, ids, settled, now=now, workspace=workspace
        )

    async def count_dropped(self, since: datetime, workspace: str | None) -> int:
        """How many messages were given up that were published since then."""
        counts = [select(func.count()).where(_is_dropped(table, since, workspace)) for table in (cards, outbox)]
        return sum([await self._connection.scalar(one) or 0 for one in counts])

    async def restore_dropped(self, since: datetime, workspace: str | None) -> int:
        """They are sent after all; how many."""
        shown = update(cards).values(gone_at=None, gone_reason=None, not_before=None)
        queued = update(outbox).values(state=OutboxState.QUEUED, reason=None, settled_at=None, not_before=None, tries=0)
        revived = [one.where(_is_dropped(one.table, since, workspace)) for one in (shown, queued)]
        return sum([(await self._connection.execute(one)).rowcount for one in revived])

    async def _change(
        self, table: Table, ids: Collection[str], values: dict[str, Any], *, now: datetime, workspace: str | None
    ) -> int:
        """What is on its way to Slack right now stays as it is."""
        idle = (table.c.leased_until.is_(None)) | (table.c.leased_until < now)
        these = and_(table.c.id.in_(_parse_ids(table, ids)), _is_undelivered(table), _is_of(table, workspace), idle)
        return (await self._connection.execute(update(table).where(these).values(values))).rowcount


def _parse_ids(table: Table, ids: Collection[str]) -> list[int]:
    """Those of this table."""
    kind = "card:" if table is cards else "notice:"
    return [int(one.removeprefix(kind)) for one in ids if one.startswith(kind)]


def _select(table: Table, workspace: str | None) -> Select[Any]:
    """With the pipeline that it tells of, where there is one."""
    of_notice = func.coalesce(outbox.c.about, cards.c.pipeline_id)
    if table is cards:
        told = select(cards, pipelines.c.project, pipelines.c.number)
        found = told.outerjoin(pipelines, pipelines.c.id == cards.c.pipeline_id)
    else:
        told = select(outbox, is_placed().label("placed"), build_project_column(), pipelines.c.number)
        found = told.outerjoin(cards, cards.c.id == outbox.c.card_id).outerjoin(pipelines, pipelines.c.id == of_notice)
    return found.where(_is_undelivered(table), _is_of(table, workspace)).order_by(table.c.id)


def _is_dropped(table: Any, since: datetime, workspace: str | None) -> ColumnElement[bool]:
    if table is cards:
        return and_(cards.c.gone_reason == DROPPED, cards.c.wanted_at >= since, _is_of(cards, workspace))
    dropped = and_(outbox.c.state == OutboxState.GONE, outbox.c.reason == DROPPED)
    return and_(dropped, outbox.c.published_at >= since, _is_of(outbox, workspace))


def _is_of(table: Table, workspace: str | None) -> ColumnElement[bool]:
    return table.c.workspace == workspace if workspace else true()


def _is_undelivered(table: Table) -> ColumnElement[bool]:
    """It waits, or Slack refused it."""
    if table is cards:
        refused = and_(cards.c.gone_at.is_not(None), cards.c.wanted > cards.c.shown)
        return or_(
            and_(cards.c.gone_at.is_(None), cards.c.wanted > cards.c.shown),
            and_(refused, cards.c.gone_reason.not_in(_MEANT)),
        )
    return or_(is_queued(outbox), and_(outbox.c.state == OutboxState.GONE, outbox.c.reason.not_in(_MEANT)))


def _build_card(row: Row[Any], now: datetime) -> Undelivered:
    why, until = _find_reason(row, now, tries=0)
    return Undelivered(
        id=f"card:{row.id}",
        workspace=row.workspace,
        channel=row.channel,
        key=f"card:{row.pipeline_id}",
        since=row.wanted_at,
        tries=0,
        why=WaitReason.REFUSED if row.gone_at else why,
        until=None if row.gone_at else until,
        reason=row.gone_reason,
        project=row.project,
        number=row.number,
    )


def _build_notice(row: Row[Any], now: datetime) -> Undelivered:
    refused = row.state == OutboxState.GONE
    why, until = (WaitReason.REFUSED, None) if refused else _find_notice_reason(row, now)
    return Undelivered(
        id=f"notice:{row.id}",
        workspace=row.workspace,
        channel=row.channel,
        key=row.key,
        since=row.published_at,
        tries=row.tries,
        why=why,
        until=until,
        reason=row.reason,
        project=row.news_of,
        number=row.number,
    )


def _find_notice_reason(row: Row[Any], now: datetime) -> tuple[WaitReason, datetime | None]:
    why, until = _find_reason(row, now, tries=row.tries)
    if not _is_readable(row):
        return WaitReason.UNREADABLE, until
    if why is WaitReason.IN_LINE and not row.placed:
        return WaitReason.NO_CARD, until
    if why is WaitReason.LATER and row.published_at <= now:
        return WaitReason.HIDDEN, until
    return why, until


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
