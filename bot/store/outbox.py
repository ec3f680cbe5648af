"""Notices, from the transaction that publishes them until Slack has them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from bot.domain import ProjectSlug
from bot.messages import About, DirectMessageState, Drawing, FoundEnd, Notice, OutboxState
from bot.pseudonyms import is_erased
from bot.rules.dm_topics import LETTER
from bot.store.engine.moment import UtcDateTime
from bot.store.engine.statements import bind_columns
from bot.store.languages import DrawingRepository
from bot.store.leases import NOW, Claimed, build_attempt, build_doubt, is_unleased
from bot.store.message_json import parse_message, serialize_message
from bot.store.notice_rows import build_details_key, read_notices
from bot.store.rate_limiter import POST, UNLIMITED, Bucket, BucketLimits, RateLimiter, is_exhausted
from bot.store.tables.publishing import cards, outbox, pipelines

IN_VAIN = 3
"""After three tries without any answer the notice itself may break sending: the rest of its channel goes first."""

SET_ASIDE = timedelta(minutes=10)
"""How long one is left alone that failed for a reason of its own that often."""

LOOKED_UP_WITHIN = timedelta(seconds=30)
"""How long an old one that is not in Slack waits for others, with which one summary tells it, to be looked up too."""

LONG_AGO = bindparam("long_ago", type_=UtcDateTime())

_NEWEST_OF_FOLDED = 10

_PUBLISHED = select(outbox.c.id).where(bind_columns(outbox, "key"))


def build_due_query() -> Select[Any]:
    """The next notice of each channel, where none of that channel is being sent."""
    return (
        select(outbox, cards.c.ts.label("card_ts"), cards.c.gone_at.label("card_gone_at"), build_project_column())
        .outerjoin(cards, cards.c.id == outbox.c.card_id)
        .where(outbox.c.id.in_(_select_first_in_line()), is_queued(outbox), is_unleased(outbox))
        .where(~_is_channel_busy(), ~is_exhausted(POST, outbox.c.workspace, outbox.c.channel))
        .order_by(outbox.c.id)
    )


def build_project_column() -> ColumnElement[str]:
    """The project that a notice tells something of: named in it, else that of its pipeline, or of its card's."""
    pipeline = func.coalesce(outbox.c.about, cards.c.pipeline_id)
    found = select(pipelines.c.project).where(pipelines.c.id == pipeline).correlate(outbox, cards).scalar_subquery()
    return func.coalesce(outbox.c.project, found).label("news_of")


def _select_first_in_line() -> Select[int]:
    """The next notice of each channel: the oldest, but one that was tried in vain lets the others pass."""
    not_in_vain = func.min(case((outbox.c.tries < IN_VAIN, outbox.c.id)))
    first = func.coalesce(not_in_vain, func.min(outbox.c.id))
    return select(first).where(_is_ready()).group_by(outbox.c.workspace, outbox.c.channel)


def _is_ready() -> ColumnElement[bool]:
    """Its time has come, it has its place, and it is not set aside: nobody settled its last attempts in vain."""
    in_time = or_(outbox.c.not_before.is_(None), outbox.c.not_before <= NOW)
    set_aside = and_(outbox.c.tries >= IN_VAIN, outbox.c.leased_until > LONG_AGO)
    return and_(is_queued(outbox), in_time, is_placed(), or_(outbox.c.leased_until.is_(None), ~set_aside))


def is_placed() -> ColumnElement[bool]:
    """The card that it replies to has a place or never will."""
    card = cards.alias("card")
    placed = exists().where(card.c.id == outbox.c.card_id, or_(card.c.ts.is_not(None), card.c.gone_at.is_not(None)))
    return or_(outbox.c.card_id.is_(None), placed)


def _is_channel_busy() -> ColumnElement[bool]:
    """One of its notices is on its way, or waits as Slack asked."""
    other = outbox.alias("other")
    held = and_(other.c.tries > 0, other.c.not_before > NOW)
    return exists().where(
        is_queued(other),
        other.c.workspace == outbox.c.workspace,
        other.c.channel == outbox.c.channel,
        or_(other.c.leased_until >= NOW, held),
    )


def is_queued(table: FromClause) -> ColumnElement[bool]:
    """Queued. Written out, since the index of what waits serves no statement that takes the word as a parameter."""
    return table.c.state == literal_column(f"'{OutboxState.QUEUED}'")


def is_told_with(notice: Notice, before: datetime, due_by: datetime) -> ColumnElement[bool]:
    """It waits in the same channel, of the same project, and is too old for a message of its own."""
    return and_(
        is_queued(outbox),
        outbox.c.workspace == notice.workspace,
        outbox.c.channel == notice.channel,
        outbox.c.published_at < before,
        outbox.c.good_until.is_(None),
        or_(outbox.c.not_before.is_(None), outbox.c.not_before <= due_by),
        build_project_column().is_not_distinct_from(notice.project and str(notice.project)),
    )


@dataclass(frozen=True, slots=True)
class FoldedNotices:
    """Notices that became one: how many, from when to when, and the texts of the newest, the oldest first."""

    count: int
    since: datetime
    until: datetime
    newest: list[str]


class Outbox(DrawingRepository):
    table = outbox
    due_query = build_due_query()
    claim_update = build_attempt(outbox, tries=outbox.c.tries + 1)

    async def insert(
        self,
        key: str,
        workspace: str,
        channel: str,
        *,
        message: Drawing,
        card_id: int | None = None,
        thread_ts: str | None = None,
        broadcast: bool = False,
        not_before: datetime | None = None,
        about: About | None = None,
        project: ProjectSlug | None = None,
        good_until: datetime | None = None,
        details: Drawing | None = None,
        found_end: FoundEnd | None = None,
        doubted_since: datetime | None = None,
        now: datetime,
    ) -> bool:
        """False when this was published before. What is for later (`not_before`) counts as published then."""
        draw = partial(self._languages.draw, workspace, channel, with_holds=about is not None)
        values = {
            "key": key,
            "workspace": workspace,
            "channel": channel,
            "card_id": card_id,
            "thread_ts": thread_ts,
            "broadcast": broadcast,
            "message": serialize_message(await draw(message)),
            **_build_first_state(channel, now),
            "not_before": not_before,
            "about": about and about.pipeline_id,
            "holds": about and " ".join(about.holds),
            "good_until": good_until,
            "project": project and str(project),
            "details": details and serialize_message(await draw(details)),
            "published_at": max(now, not_before or now),
            **(asdict(found_end) if found_end else {}) | build_doubt(doubted_since),
        }
        return await self._insert_if_new(outbox, values)

    async def is_published(self, key: str) -> bool:
        """Whether this was published before."""
        return await self._connection.scalar(_PUBLISHED, {"key": key}) is not None

    async def claim(
        self,
        now: datetime,
        lease_s: float,
        holder: str,
        *,
        limit: int,
        rates: BucketLimits = UNLIMITED,
        full: Collection[Bucket] = (),
    ) -> list[Notice]:
        """The next notice of each channel, where none of that channel is on its way; ours for `lease_s` seconds.

        A reply waits until its card has a place in Slack, or is gone. Channels of `full` are left out.
        """
        if limit <= 0:
            return []
        rows = await self._list_due(now, limit, rates, full=full, long_ago=now - SET_ASIDE)
        wishes = {Bucket(row.workspace, row.channel): 1 for row in rows}
        may = await RateLimiter(self._connection).take(POST, wishes, rates.posts, now=now)
        rows = [row for row in rows if may[Bucket(row.workspace, row.channel)]]
        attempt = await self._claim(rows, now, lease_s, holder=holder)
        return [
            replace(notice, attempt=attempt, unfinished_since=row.attempted_at) for row, notice in read_notices(rows)
        ]

    async def settle_sent(self, notice: Notice, ts: str, now: datetime) -> bool:
        """Its details are to be posted now, below the card, or below itself where there is none any more."""
        shown = notice.revision
        ours = await self._settle(notice, state=OutboxState.SENT, sent_ts=ts, shown=shown, settled_at=now)
        if ours and notice.details:
            await self.insert(
                build_details_key(notice.key),
                *notice.place,
                message=notice.details,
                card_id=notice.card_id if notice.thread_ts else None,
                thread_ts=None if notice.thread_ts else ts,
                project=notice.project,
                now=now,
            )
        return ours

    async def settle_retry(self, claimed: Claimed, not_before: datetime) -> bool:
        """Slack asks us to wait. That is an answer: the tries count anew, and the channel waits for this one."""
        return await self._settle(claimed, not_before=not_before, tries=1)

    async def postpone(self, notice: Notice, until: datetime) -> bool:
        """It may not be shown yet. Its channel does not wait for it."""
        return await self._settle(notice, not_before=until, tries=0)

    async def settle_undeliverable(self, notice: Notice, reason: str, now: datetime) -> bool:
        """It can never be sent; `reason` is Slack's word."""
        return await self._settle(notice, state=OutboxState.GONE, reason=reason, settled_at=now)

    async def fold(self, notice: Notice, before: datetime, now: datetime) -> FoldedNotices | None:
        """Let this notice speak for all of its project and channel that were published before then and still wait.

        Of its project: whether the channel may see that one was asked, and no other. None when there is nothing but
        itself, or this attempt no longer has it. From then on it is no reply to a card, and nothing changes it.
        """
        if not await self.lock(notice):
            return None
        old = and_(is_told_with(notice, before, now + LOOKED_UP_WITHIN), outbox.c.attempted_at.is_(None))
        folded_in = select(outbox.c.id).outerjoin(cards, cards.c.id == outbox.c.card_id).where(old)
        folding = update(outbox).where(outbox.c.id.in_(folded_in), outbox.c.id != notice.id)
        await self._connection.execute(
            folding.values(state=OutboxState.FOLDED, folded_into=notice.id, settled_at=now, reason="summarised")
        )
        whole = or_(outbox.c.id == notice.id, outbox.c.folded_into == notice.id)
        folded = await self._load_folded(whole)
        if folded.count == 1:
            return None
        alone = {"card_id": None, "thread_ts": None, "about": None, "project": notice.project and str(notice.project)}
        await self._update_if_attempted(notice, **alone, broadcast=False, revision=None)
        return folded

    async def _load_folded(self, whole: ColumnElement[bool]) -> FoldedNotices:
        span = select(func.count(), func.min(outbox.c.published_at), func.max(outbox.c.published_at)).where(whole)
        count, since, until = tuple((await self._connection.execute(span)).one())
        newest = select(outbox.c.message).where(whole).order_by(outbox.c.id.desc()).limit(_NEWEST_OF_FOLDED)
        texts = [parse_message(message).text for message in await self._connection.scalars(newest)]
        return FoldedNotices(count, since, until, list(reversed(texts)))

    async def withdraw(self, workspace: str, user: str, prefix: str, *, reason: str, now: datetime) -> int:
        """Messages to a person whose keys begin so and that still wait are not sent any more; how many."""
        waiting = and_(is_queued(outbox), outbox.c.workspace == workspace, outbox.c.channel == user)
        theirs = update(outbox).where(waiting, outbox.c.key.startswith(prefix, autoescape=True))
        settled = await self._connection.execute(theirs.values(state=OutboxState.GONE, reason=reason, settled_at=now))
        return settled.rowcount

    async def list_direct_messages(self, workspace: str, user: str, pipeline_id: str) -> list[DirectMessageState]:
        """Written to this person about this pipeline, oldest first (keys: notify/publish/direct_messages.py)."""
        theirs = and_(outbox.c.workspace == workspace, outbox.c.channel == user)
        about = outbox.c.key.like(f"{LETTER}%:{pipeline_id}:%")
        query = select(outbox.c.key, outbox.c.state, outbox.c.reason).where(theirs, about).order_by(outbox.c.id)
        return [
            DirectMessageState(row.key, OutboxState(row.state), row.reason)
            for row in await self._connection.execute(query)
        ]

    async def prune(self, before: datetime) -> int:
        """Forget what was settled before then, but for what still has to change some day."""
        unshown = func.coalesce(outbox.c.revision, 0) > func.coalesce(outbox.c.shown, 0)
        changes = and_(outbox.c.state == OutboxState.SENT, or_(outbox.c.about.is_not(None), unshown))
        old = and_(outbox.c.state != OutboxState.QUEUED, outbox.c.settled_at < before, ~changes)
        return (await self._connection.execute(delete(outbox).where(old))).rowcount


def _build_first_state(channel: str, now: datetime) -> dict[str, Any]:
    """Nobody reads what is for somebody who was erased."""
    if is_erased(channel):
        return {"state": OutboxState.GONE, "reason": "erased", "settled_at": now, "tries": 0}
    return {"state": OutboxState.QUEUED, "tries": 0}
