"""What Slack does not show yet, and for how long: the numbers that tell whether delivery keeps up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from bot.store.engine.statements import Repository
from bot.store.leases import NOW
from bot.store.outbox import is_placed, is_queued
from bot.store.tables.publishing import cards, outbox

_TRIED = or_(outbox.c.not_before.is_(None), outbox.c.not_before <= NOW, outbox.c.tries > 0)
"""Due, or due before and on its way since: a retry only moves `not_before`. What is withheld has no tries."""

_UNSHOWN = and_(cards.c.gone_at.is_(None), cards.c.wanted > cards.c.shown)
_UNPOSTED = and_(
    cards.c.ts.is_(None),
    or_(cards.c.not_before.is_(None), cards.c.not_before <= NOW, cards.c.attempted_at.is_not(None)),
)

_LOAD = select(
    select(func.count()).select_from(outbox).where(is_queued(outbox)).scalar_subquery().label("notices"),
    select(func.min(outbox.c.published_at))
    .where(is_queued(outbox), _TRIED, is_placed())
    .scalar_subquery()
    .label("oldest_notice_at"),
    select(func.count()).select_from(cards).where(_UNSHOWN).scalar_subquery().label("outdated_cards"),
    select(func.min(cards.c.wanted_at)).where(_UNSHOWN, _UNPOSTED).scalar_subquery().label("oldest_card_at"),
)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many `notices` wait, those for later too, and how many cards Slack shows wrongly.

    The oldest are those that could be in Slack by now: a notice that is due, a card that was never posted.
    """

    notices: int
    oldest_notice_at: datetime | None
    outdated_cards: int
    oldest_card_at: datetime | None


class BacklogRepository(Repository):
    async def load(self, now: datetime) -> Backlog:
        row: Any = (await self._connection.execute(_LOAD, {"now": now})).one()
        return Backlog(row.notices, row.oldest_notice_at, row.outdated_cards, row.oldest_card_at)
