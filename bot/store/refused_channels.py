"""Channels with rules, for which Slack took nothing the last time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, or_, select, union_all

from bot.messages import OutboxState
from bot.store.engine.statements import Repository
from bot.store.tables.publishing import cards, outbox
from bot.store.tables.rule_index import subscriptions

REFUSALS = ("not_in_channel", "channel_not_found", "is_archived", "restricted_action")
"""Slack's words for it, or how they begin."""


@dataclass(frozen=True, slots=True)
class RefusedChannel:
    workspace: str
    channel: str
    reason: str
    refused_at: datetime


_NOTICES = select(outbox.c.workspace, outbox.c.channel, outbox.c.reason, outbox.c.settled_at.label("at")).where(
    outbox.c.state == OutboxState.GONE, or_(*(outbox.c.reason.startswith(one, autoescape=True) for one in REFUSALS))
)
_CARDS = select(cards.c.workspace, cards.c.channel, cards.c.gone_reason, cards.c.gone_at).where(
    or_(*(cards.c.gone_reason.startswith(one, autoescape=True) for one in REFUSALS))
)
_gone = union_all(_NOTICES, _CARDS).subquery()
_HAS_RULES = exists().where(subscriptions.c.workspace == _gone.c.workspace, subscriptions.c.channel == _gone.c.channel)
_TAKEN_SINCE = or_(
    exists().where(
        outbox.c.workspace == _gone.c.workspace,
        outbox.c.channel == _gone.c.channel,
        and_(outbox.c.state == OutboxState.SENT, outbox.c.settled_at > _gone.c.at),
    ),
    exists().where(
        cards.c.workspace == _gone.c.workspace,
        cards.c.channel == _gone.c.channel,
        and_(cards.c.ts.is_not(None), cards.c.gone_at.is_(None), cards.c.wanted_at > _gone.c.at),
    ),
)
_REFUSED = select(_gone).where(_HAS_RULES, ~_TAKEN_SINCE).order_by(_gone.c.at)


class RefusedChannelRepository(Repository):
    async def list_all(self) -> list[RefusedChannel]:
        """Each channel once, with Slack's last word."""
        found = {
            (row.workspace, row.channel): RefusedChannel(row.workspace, row.channel, row.reason, row.at)
            for row in await self._connection.execute(_REFUSED)
        }
        return list(found.values())
