"""Rows of the outbox as notices, and the keys that they are known by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import structlog
from sqlalchemy import Row

from bot.domain import ProjectSlug
from bot.messages import About, FoundBy, FoundEnd, Notice
from bot.store.message_json import parse_message

MEND = "circlebot outbox list"

log = structlog.get_logger(__name__)


def read_notices(rows: Iterable[Row[Any]]) -> Iterator[tuple[Row[Any], Notice]]:
    """Those that can be read. Another one stands in nobody's way: its lease runs out, and it is tried again."""
    for row in rows:
        try:
            yield row, build_notice(row)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            why = type(error).__name__
            log.error("notice.unreadable", id=f"notice:{row.id}", why=why, mend=MEND)  # noqa: TRY400 - a traceback may quote it


def build_details_key(key: str) -> str:
    return f"{key}:details"


def build_notice(row: Row[Any]) -> Notice:
    """With `card_ts` and `card_gone_at` of the card that it replies to, and the project that it tells of."""
    return Notice(
        id=row.id,
        key=row.key,
        workspace=row.workspace,
        channel=row.channel,
        message=parse_message(row.message),
        published_at=row.published_at,
        card_id=row.card_id,
        thread_ts=row.thread_ts or (None if row.card_gone_at else row.card_ts),
        broadcast=row.broadcast,
        about=About(row.about, tuple(row.holds.split())) if row.about else None,
        good_until=row.good_until,
        revision=row.revision or 0,
        sent_ts=row.sent_ts,
        project=ProjectSlug.parse(row.news_of) if row.news_of else None,
        details=parse_message(row.details) if row.details else None,
        found_end=FoundEnd(row.ended_at, FoundBy(row.found_by)) if row.found_by else None,
        trace=row.trace,
    )
