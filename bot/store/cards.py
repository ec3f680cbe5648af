"""Cards as desired state: `wanted` runs ahead, delivery brings `shown` after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, false, func, or_, select, tuple_, update

from bot.domain import Card, ProjectSlug
from bot.store.claims import Claims
from bot.store.tables import cards, outbox, pipelines
from bot.store.turns import POST, UNPACED, UPDATE, Bucket, Pace, Turns, is_over, within


class Cards(Claims):
    table = cards

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

    async def shown_of(self, pipeline_ids: Iterable[str]) -> set[str]:
        """Those pipelines that some channel has a card of."""
        standing = cards.c.pipeline_id.in_(list(pipeline_ids)) & cards.c.gone_at.is_(None)
        return set(await self._connection.scalars(select(cards.c.pipeline_id).where(standing)))

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

    async def claim(
        self,
        now: datetime,
        lease_s: float,
        holder: str,
        limit: int,
        *,
        pace: Pace = UNPACED,
        full: Collection[Bucket] = (),
    ) -> list[Card]:
        """Cards that Slack shows wrongly and that may be shown now; ours for `lease_s` seconds.

        The oldest first of those that stand nowhere yet, one for each channel; then those that wait longest for a
        change. Channels of `full` are left out.
        """
        posts = await self._rows(now, pace, full, _next_to_post(now), cards.c.id, limit)
        room = limit - len(posts)
        updates = await self._rows(now, pace, full, cards.c.ts.is_not(None), cards.c.not_before.nulls_first(), room)
        turns = Turns(self._connection)
        may_post = await turns.take(POST, Counter(map(_place, posts)), pace.posts, now)
        may_change = await turns.take(UPDATE, Counter(map(_workspace, updates)), pace.updates, now)
        rows = [*within(may_post, posts, _place), *within(may_change, updates, _workspace)]
        attempt = await self._claim([row.id for row in rows], now, lease_s, holder)
        return [replace(_card(row), attempt=attempt, unfinished_since=row.attempted_at) for row in rows]

    async def _rows(
        self,
        now: datetime,
        pace: Pace,
        full: Collection[Bucket],
        which: ColumnElement[bool],
        order: ColumnElement[Any],
        limit: int,
    ) -> Sequence[Row[Any]]:
        """Up to `limit` due cards, locked, whose channel or workspace has a turn left."""
        if limit <= 0:
            return []
        posted = cards.c.ts.is_not(None)
        out_of_turn = case(
            (posted, is_over(UPDATE, cards.c.workspace, "", pace.updates, now)),
            else_=is_over(POST, cards.c.workspace, cards.c.channel, pace.posts, now),
        )
        crowded = tuple_(cards.c.workspace, cards.c.channel).in_(list(full)) if full else false()
        due = select(cards).where(_due(now), self._unheld(now), which, ~out_of_turn, ~crowded)
        due = due.order_by(order, cards.c.id).limit(limit).with_for_update(skip_locked=True)
        return (await self._connection.execute(due)).all()

    async def settle_sent(self, card: Card, ts: str, not_before: datetime) -> bool:
        """Slack shows what was wanted at the claim; not to be changed again before then."""
        return await self._settle(card, ts=ts, shown=card.wanted, not_before=not_before)

    async def settle_found(self, card: Card, ts: str, not_before: datetime) -> bool:
        """An earlier attempt had posted it, as it was drawn then: it is to be drawn anew."""
        return await self._settle(card, ts=ts, not_before=not_before)

    async def settle_gone(self, card: Card, reason: str, now: datetime) -> bool:
        """It cannot be shown (any more)."""
        return await self._settle(card, gone_reason=reason, gone_at=now)

    async def lose(self, card_id: int, reason: str, now: datetime) -> None:
        """Its message was found to be gone while something else was done."""
        lost = update(cards).where(cards.c.id == card_id, cards.c.gone_at.is_(None))
        await self._connection.execute(lost.values(gone_reason=reason, gone_at=now))

    async def lose_unposted(self, notice_id: int, reason: str, now: datetime) -> None:
        """Cards of finished pipelines that stand nowhere yet, and for whose notices this one speaks by now."""
        spoken_for = select(outbox.c.card_id).where(outbox.c.folded_into == notice_id)
        over = select(pipelines.c.id).where(pipelines.c.finished_at.is_not(None))
        unposted = and_(cards.c.ts.is_(None), cards.c.gone_at.is_(None), self._unheld(now))
        lost = update(cards).where(cards.c.id.in_(spoken_for), cards.c.pipeline_id.in_(over), unposted)
        await self._connection.execute(lost.values(gone_reason=reason, gone_at=now))

    async def redraw(self, card_id: int) -> None:
        """Slack may show something old: whatever it shows, show it the newest once more."""
        await self._connection.execute(update(cards).where(cards.c.id == card_id).values(wanted=cards.c.wanted + 1))


def _due(now: datetime) -> ColumnElement[bool]:
    ready = or_(cards.c.not_before.is_(None), cards.c.not_before <= now)
    return and_(cards.c.wanted > cards.c.shown, cards.c.gone_at.is_(None), ready)


def _next_to_post(now: datetime) -> ColumnElement[bool]:
    """The oldest of each channel that stands nowhere yet and is nobody's."""
    free = or_(cards.c.leased_until.is_(None), cards.c.leased_until < now)
    first = (
        select(func.min(cards.c.id))
        .where(_due(now), free, cards.c.ts.is_(None))
        .group_by(cards.c.workspace, cards.c.channel)
    )
    return cards.c.id.in_(first)


def _place(row: Row[Any]) -> Bucket:
    return row.workspace, row.channel


def _workspace(row: Row[Any]) -> Bucket:
    return row.workspace, ""


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
        wanted_at=row.wanted_at,
        gone_reason=row.gone_reason,
    )
