"""Cards as desired state: `wanted` runs ahead, delivery brings `shown` after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Insert, Integer, Row, Select, String, and_, bindparam, case, func, null, or_, select, update

from bot.domain import ProjectScope, ProjectSlug
from bot.domain.people import Person
from bot.messages import BOARD, Card
from bot.store.engine.moment import UtcDateTime
from bot.store.engine.statements import bind_columns, bind_key, build_insert
from bot.store.leases import NOW, AttemptRepository, build_attempt, build_doubt, is_unleased
from bot.store.rate_limiter import POST, UNLIMITED, UPDATE, Bucket, BucketLimits, RateLimiter, is_exhausted, limit_rows
from bot.store.tables.publishing import cards, outbox, pipelines
from bot.tracing import get_traceparent

_IS_POSTED, _IS_GONE = cards.c.ts.is_not(None), cards.c.gone_at.is_not(None)
_TRACE = bindparam("open_trace", type_=String(), callable_=get_traceparent)
ONE_MORE = {"wanted": cards.c.wanted + 1, "trace": func.coalesce(_TRACE, cards.c.trace)}

_ONE = select(cards).where(bind_columns(cards, "id"))
_OF_PIPELINE = select(cards).where(bind_columns(cards, "pipeline_id")).order_by(cards.c.id)
_ASKED = (
    select(cards.c.pipeline_id)
    .where(bind_columns(cards, "workspace", "asked_by"), cards.c.pipeline_id != BOARD)
    .order_by(cards.c.id.desc())
    .limit(bindparam("limit", type_=Integer()))
)
_ASKED_IN = select(cards.c.channel).where(bind_columns(cards, "workspace", "asked_by")).distinct()
_DRAWN = (
    select(cards.c.pipeline_id, pipelines.c.project)
    .join(pipelines, pipelines.c.id == cards.c.pipeline_id)
    .where(
        bind_columns(cards, "workspace"),
        or_(
            pipelines.c.finished_at.is_(None),
            cards.c.wanted > cards.c.shown,
            cards.c.not_before >= bindparam("since", type_=UtcDateTime()),
        ),
        ~_IS_GONE,
    )
    .group_by(cards.c.pipeline_id, pipelines.c.project, pipelines.c.finished_at)
    .order_by(pipelines.c.finished_at.is_not(None), func.max(cards.c.id).desc())
)
_DIRTY = update(cards).where(bind_key(cards, "pipeline_id"), ~_IS_GONE).values(ONE_MORE)

_ASKERS = (
    select(cards.c.workspace, cards.c.asked_by)
    .join(pipelines, pipelines.c.id == cards.c.pipeline_id)
    .where(
        pipelines.c.project.in_(bindparam("projects", expanding=True)),
        pipelines.c.next_look_at.is_not(None),
        cards.c.asked_by.is_not(None),
    )
    .group_by(cards.c.workspace, cards.c.asked_by)
    .order_by(func.max(cards.c.id).desc())
    .limit(50)
)


def build_due_query() -> Select[Any]:
    """Cards that Slack shows wrongly, whose channel or workspace has a turn left.

    First the oldest unposted card of each channel; then posted ones, those that wait longest for a change first.
    """
    ready = or_(cards.c.not_before.is_(None), cards.c.not_before <= NOW)
    wrong = and_(cards.c.wanted > cards.c.shown, ~_IS_GONE, ready, is_unleased(cards))
    next_to_post = select(func.min(cards.c.id)).where(wrong, ~_IS_POSTED).group_by(cards.c.workspace, cards.c.channel)
    out_of_turn = case(
        (_IS_POSTED, is_exhausted(UPDATE, cards.c.workspace, "")),
        else_=is_exhausted(POST, cards.c.workspace, cards.c.channel),
    )
    waiting_since = case((_IS_POSTED, cards.c.not_before)).nulls_first()
    return (
        select(cards)
        .where(wrong, or_(_IS_POSTED, cards.c.id.in_(next_to_post)), ~out_of_turn)
        .order_by(_IS_POSTED, waiting_since, cards.c.id)
    )


@cache
def _build_upsert(dialect: str) -> Insert:
    """A card, or one more wish for the one that is there. Who asks takes it over, and it is posted anew if gone."""
    insert = build_insert(cards, dialect)
    revived = and_(insert.excluded.asked_by.is_not(None), _IS_GONE)
    anew = {"ts": null(), "shown": 0, "gone_at": null(), "gone_reason": null(), "not_before": null()}
    wish: Insert = insert.on_conflict_do_update(
        index_elements=["workspace", "channel", "pipeline_id"],
        set_={
            **ONE_MORE,
            "asked_by": func.coalesce(insert.excluded.asked_by, cards.c.asked_by),
            **{name: case((revived, value), else_=cards.c[name]) for name, value in anew.items()},
        },
    )
    return wish.returning(cards)


class CardRepository(AttemptRepository):
    table = cards
    due_query = build_due_query()
    claim_update = build_attempt(cards)

    async def upsert(
        self,
        workspace: str,
        channel: str,
        pipeline_id: str,
        *,
        asked_by: str | None,
        now: datetime,
        doubted_since: datetime | None = None,
    ) -> Card:
        """The card of this pipeline in this channel, to be drawn anew; there is one from now on if there was none.

        Who asks for it becomes its asker. A card that was gone (deleted, or the bot not invited) is posted anew when a
        person asks. One that may have been posted since `doubted_since` is looked up first.
        """
        card = {"workspace": workspace, "channel": channel, "pipeline_id": pipeline_id}
        fresh = {"wanted": 1, "shown": 0, "wanted_at": now, "asked_by": asked_by, **build_doubt(doubted_since)}
        wish = _build_upsert(self._connection.dialect.name)
        return _build_card((await self._connection.execute(wish, {**card, **fresh})).one())

    async def mark_pipeline_dirty(self, pipeline_id: str) -> int:
        """Every card of the pipeline is to be drawn anew; how many."""
        return (await self._connection.execute(_DIRTY, {"this_pipeline_id": pipeline_id})).rowcount

    async def list_drawn(self, workspace: str, since: datetime) -> list[tuple[str, ProjectSlug]]:
        """The pipelines whose cards here were drawn since then, or may still move, each with its project.

        Those that move come first, then the newest.
        """
        rows = await self._connection.execute(_DRAWN, {"workspace": workspace, "since": since})
        return [(row.pipeline_id, ProjectSlug.parse(row.project)) for row in rows]

    async def list_asked(self, workspace: str, user: str, limit: int) -> list[str]:
        """The pipelines whose cards this person asked for last, as far as they are remembered."""
        asked = {"workspace": workspace, "asked_by": user, "limit": limit}
        return list(await self._connection.scalars(_ASKED, asked))

    async def list_channels_asked_in(self, workspace: str, user: str) -> list[str]:
        """The channels in which this person asked for a card, as far as that is remembered."""
        return list(await self._connection.scalars(_ASKED_IN, {"workspace": workspace, "asked_by": user}))

    async def mark_ref_dirty(self, project: ProjectSlug, branch: str | None, tag: str | None, *, since: int) -> None:
        """Every card of this branch or tag is to be drawn anew, from this pipeline number on."""
        at_ref = and_(pipelines.c.branch.is_not_distinct_from(branch), pipelines.c.tag.is_not_distinct_from(tag))
        these = select(pipelines.c.id).where(pipelines.c.project == str(project), at_ref, pipelines.c.number >= since)
        await self._connection.execute(update(cards).where(cards.c.pipeline_id.in_(these), ~_IS_GONE).values(ONE_MORE))

    async def mark_scope_dirty(self, workspace: str, scope: ProjectScope) -> None:
        """Every card there of these projects is to be drawn anew."""
        shown = select(pipelines.c.project).join(cards, cards.c.pipeline_id == pipelines.c.id).distinct()
        known = await self._connection.scalars(shown.where(cards.c.workspace == workspace))
        covered = [one for one in known if scope.covers(ProjectSlug.parse(one))]
        these = select(pipelines.c.id).where(pipelines.c.project.in_(covered))
        here = and_(cards.c.workspace == workspace, cards.c.pipeline_id.in_(these), ~_IS_GONE)
        await self._connection.execute(update(cards).where(here).values(ONE_MORE))

    async def list_for_pipeline(self, pipeline_id: str) -> list[Card]:
        """Oldest first; those that are gone too."""
        return [_build_card(row) for row in await self._connection.execute(_OF_PIPELINE, {"pipeline_id": pipeline_id})]

    async def list_askers(self, projects: Iterable[ProjectSlug]) -> list[Person]:
        """Those who asked for cards of these projects' moving pipelines, newest first."""
        asked = {"projects": [str(project) for project in projects]}
        return [Person(row.workspace, row.asked_by) for row in await self._connection.execute(_ASKERS, asked)]

    async def find_by_id(self, card_id: int) -> Card | None:
        row = (await self._connection.execute(_ONE, {"id": card_id})).one_or_none()
        return _build_card(row) if row else None

    async def claim(
        self,
        now: datetime,
        lease_s: float,
        holder: str,
        *,
        limit: int,
        rates: BucketLimits = UNLIMITED,
        full: Collection[Bucket] = (),
    ) -> list[Card]:
        """Cards that Slack shows wrongly and that may be shown now; ours for `lease_s` seconds.

        First the oldest unposted card of each channel; then posted ones, those that wait longest for a change first.
        Channels of `full` are left out.
        """
        due = await self._list_due(now, limit, rates, full=full)
        posts, updates = [row for row in due if row.ts is None], [row for row in due if row.ts is not None]
        turns = RateLimiter(self._connection)
        may_post = await turns.take(POST, Counter(map(_channel_bucket, posts)), rates.posts, now=now)
        may_change = await turns.take(UPDATE, Counter(map(_workspace_bucket, updates)), rates.updates, now=now)
        rows = [*limit_rows(may_post, posts, _channel_bucket), *limit_rows(may_change, updates, _workspace_bucket)]
        attempt = await self._claim(rows, now, lease_s, holder=holder)
        return [replace(_build_card(row), attempt=attempt, unfinished_since=row.attempted_at) for row in rows]

    async def settle_sent(self, card: Card, ts: str, not_before: datetime) -> bool:
        """Slack shows what was wanted at the claim; not to be changed again before then."""
        return await self._settle(card, ts=ts, shown=card.wanted, not_before=not_before, trace=None)

    async def settle_already_posted(self, card: Card, ts: str, not_before: datetime) -> bool:
        """An earlier attempt had posted it, as it was drawn then: it is to be drawn anew."""
        return await self._settle(card, ts=ts, not_before=not_before)

    async def settle_undeliverable(self, card: Card, reason: str, now: datetime) -> bool:
        """It cannot be shown (any more)."""
        return await self._settle(card, gone_reason=reason, gone_at=now)

    async def mark_undeliverable(self, card_id: int, reason: str, now: datetime) -> None:
        """Slack said so while something else was done."""
        lost = update(cards).where(cards.c.id == card_id, cards.c.gone_at.is_(None))
        await self._connection.execute(lost.values(gone_reason=reason, gone_at=now))

    async def mark_unposted_undeliverable(self, notice_id: int, reason: str, now: datetime) -> None:
        """Unposted cards of finished pipelines whose notices were folded into this one, and that nobody tried to post.

        One that was tried may stand there: whoever has it next looks for it.
        """
        spoken_for = select(outbox.c.card_id).where(outbox.c.folded_into == notice_id)
        over = select(pipelines.c.id).where(pipelines.c.finished_at.is_not(None))
        unposted = and_(~_IS_POSTED, ~_IS_GONE, is_unleased(cards), cards.c.attempted_at.is_(None))
        lost = update(cards).where(cards.c.id.in_(spoken_for), cards.c.pipeline_id.in_(over), unposted)
        await self._connection.execute(lost, {"now": now, "gone_reason": reason, "gone_at": now})

    async def mark_dirty(self, card_id: int, not_before: datetime) -> None:
        """Slack may show something old by then: whatever it shows, show it the newest once more."""
        late = update(cards).where(cards.c.id == card_id)
        await self._connection.execute(late.values(ONE_MORE | {"not_before": not_before}))


def _channel_bucket(row: Row[Any]) -> Bucket:
    return Bucket(row.workspace, row.channel)


def _workspace_bucket(row: Row[Any]) -> Bucket:
    return Bucket(row.workspace)


def _build_card(row: Row[Any]) -> Card:
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
        trace=row.trace,
    )
