"""Whether anything may be sent now. Most turns of delivery find nothing, and begin no transaction that might write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.store import cards, outbox, revisions
from bot.store.engine.statements import Repository
from bot.store.rate_limiter import BucketLimits

_DUE = select(
    cards.build_due_query().order_by(None).exists().label("cards"),
    outbox.build_due_query().order_by(None).exists().label("notices"),
    revisions.DUE.order_by(None).exists().label("revisions"),
)


@dataclass(frozen=True, slots=True)
class DueMessages:
    """What delivery may claim: cards to post or to change, new notices, and notices that say something else by now."""

    cards: bool
    notices: bool
    revisions: bool


class DueMessageRepository(Repository):
    async def find(self, now: datetime, rates: BucketLimits) -> DueMessages:
        """What is there whose channel or workspace has a turn left; somebody else may claim it first."""
        values = {"now": now, "long_ago": now - outbox.SET_ASIDE, **rates.build_parameters(now)}
        row: Any = (await self._connection.execute(_DUE, values)).one()
        return DueMessages(row.cards, row.notices, row.revisions)
