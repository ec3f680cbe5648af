"""Whether anything may be sent now. Most turns of delivery find nothing, and begin no transaction that might write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from bot.store import cards, outbox, revisions
from bot.store.engine.statements import Repository
from bot.store.rate_limiter import BucketLimits
from bot.store.tables import publishing


def _build_first(due: Select[Any], id_: ColumnElement[int]) -> ColumnElement[int]:
    return due.with_only_columns(id_).limit(1).scalar_subquery()


_DUE = select(
    _build_first(cards.build_due_query().order_by(None), publishing.cards.c.id).label("cards"),
    _build_first(outbox.build_due_query().order_by(None), publishing.outbox.c.id).label("notices"),
    _build_first(revisions.DUE, publishing.outbox.c.id).label("revisions"),
)
"""The first of each. Revisions keep their order: without it SQLite looks through all that was ever posted."""


@dataclass(frozen=True, slots=True)
class DueMessages:
    """What delivery may claim: cards to post or to change, new notices, and notices that say something else by now."""

    cards: bool
    notices: bool
    revisions: bool


ANY_DUE = DueMessages(cards=True, notices=True, revisions=True)


class DueMessageRepository(Repository):
    async def find(self, now: datetime, rates: BucketLimits) -> DueMessages:
        """What is there whose channel or workspace has a turn left; somebody else may claim it first."""
        values = {"now": now, "long_ago": now - outbox.SET_ASIDE, **rates.build_parameters(now)}
        row: Any = (await self._connection.execute(_DUE, values)).one()
        return DueMessages(*(first is not None for first in row))
