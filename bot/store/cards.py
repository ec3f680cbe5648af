"""Cards as desired state: `wanted` runs ahead, delivery brings `shown` after it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select, update

from bot.domain import Card, ProjectSlug
from bot.store.rows import Noun
from bot.store.tables import cards, pipelines


class Cards(Noun):
    async def want(self, workspace: str, channel: str, pipeline_id: str, asked_by: str | None, now: datetime) -> Card:
        """The card of this pipeline in this channel, to be drawn anew; there is one from now on if there was none.

        Who asks for it becomes its asker. A card that was gone (deleted, or the bot not invited) is posted anew when a
        person asks.
        """
        values = {"workspace": workspace, "channel": channel, "pipeline_id": pipeline_id}
        fresh = {"wanted": 1, "shown": 0, "wanted_at": now, "asked_by": asked_by}
        same = and_(*(cards.c[name] == value for name, value in values.items()))
        if not await self._insert_new(cards, {**values, **fresh}):
            await self._connection.execute(update(cards).where(same).values(wanted=cards.c.wanted + 1))
        if asked_by:
            await self._ask(same, asked_by)
        return _card((await self._connection.execute(select(cards).where(same))).one())

    async def _ask(self, same: ColumnElement[bool], asked_by: str) -> None:
        await self._connection.execute(update(cards).where(same).values(asked_by=asked_by))
        gone = update(cards).where(same, cards.c.gone_at.is_not(None))
        await self._connection.execute(gone.values(ts=None, shown=0, gone_at=None, gone_reason=None, not_before=None))

    async def dirty(self, pipeline_id: str) -> int:
        """Every card of the pipeline is to be drawn anew; how many."""
        stale = update(cards).where(cards.c.pipeline_id == pipeline_id, cards.c.gone_at.is_(None))
        return (await self._connection.execute(stale.values(wanted=cards.c.wanted + 1))).rowcount

    async def of_pipeline(self, pipeline_id: str) -> list[Card]:
        """Oldest first; those that are gone too."""
        query = select(cards).where(cards.c.pipeline_id == pipeline_id).order_by(cards.c.id)
        return [_card(row) for row in await self._connection.execute(query)]

    async def askers(self, project: ProjectSlug) -> list[tuple[str, str]]:
        """Workspace and user of those who asked for cards of this project's moving pipelines, newest first."""
        query = (
            select(cards.c.workspace, cards.c.asked_by)
            .join(pipelines, pipelines.c.id == cards.c.pipeline_id)
            .where(pipelines.c.project == str(project), cards.c.asked_by.is_not(None))
            .order_by(cards.c.id.desc())
            .limit(50)
        )
        return list(dict.fromkeys((row.workspace, row.asked_by) for row in await self._connection.execute(query)))

    async def find(self, workspace: str, channel: str, ts: str) -> Card | None:
        place = and_(cards.c.workspace == workspace, cards.c.channel == channel, cards.c.ts == ts)
        row = (await self._connection.execute(select(cards).where(place))).one_or_none()
        return _card(row) if row else None

    async def get(self, card_id: int) -> Card | None:
        row = (await self._connection.execute(select(cards).where(cards.c.id == card_id))).one_or_none()
        return _card(row) if row else None

    async def claim(self, now: datetime, lease_s: float, holder: str, limit: int) -> list[Card]:
        """Cards that Slack shows wrongly and that may be changed now, oldest first; ours for `lease_s` seconds."""
        due = (
            select(cards)
            .where(
                cards.c.wanted > cards.c.shown,
                cards.c.gone_at.is_(None),
                or_(cards.c.not_before.is_(None), cards.c.not_before <= now),
                or_(cards.c.leased_until.is_(None), cards.c.leased_until < now),
            )
            .order_by(cards.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = (await self._connection.execute(due)).all()
        if rows:
            claimed = update(cards).where(cards.c.id.in_([row.id for row in rows]))
            until = now + timedelta(seconds=lease_s)
            await self._connection.execute(claimed.values(leased_by=holder, leased_until=until))
        return [_card(row) for row in rows]

    async def keep(self, card_id: int, holder: str, until: datetime) -> None:
        """Renew the lease, unless it is no longer ours."""
        ours = update(cards).where(cards.c.id == card_id, cards.c.leased_by == holder)
        await self._connection.execute(ours.values(leased_until=until))

    async def settle_sent(self, card_id: int, ts: str, shown: int, not_before: datetime) -> None:
        """Slack shows what was wanted at the claim; not to be changed again before then."""
        await self._settle(card_id, ts=ts, shown=shown, not_before=not_before)

    async def settle_retry(self, card_id: int, not_before: datetime) -> None:
        await self._settle(card_id, not_before=not_before)

    async def settle_gone(self, card_id: int, reason: str, now: datetime) -> None:
        """It cannot be shown (any more)."""
        await self._settle(card_id, gone_reason=reason, gone_at=now)

    async def _settle(self, card_id: int, **values: Any) -> None:
        settled = update(cards).where(cards.c.id == card_id)
        await self._connection.execute(settled.values(leased_by=None, leased_until=None, **values))


def _card(row: Row[Any]) -> Card:
    return Card(
        id=row.id,
        workspace=row.workspace,
        channel=row.channel,
        pipeline_id=row.pipeline_id,
        ts=row.ts,
        wanted=row.wanted,
        shown=row.shown,
        asked_by=row.asked_by,
    )
