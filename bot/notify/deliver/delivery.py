"""Delivery makes Slack show what is written: cards in their newest state, notices once, no faster than Slack allows.

A row is claimed by lease, sent, and settled. If we die between Slack accepting a message and our commit, the lease
runs out, and the next attempt looks for the message before it repeats it (bot/notify/deliver/idempotent_post.py). A
notice that says something else since it was posted is updated in Slack (bot/store/revisions.py).
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.messages import Card, Notice, build_message_id
from bot.notify.deliver.send_board import BoardSender
from bot.notify.deliver.send_card import CardSender
from bot.notify.deliver.send_notice import NoticeSender
from bot.notify.deliver.send_revision import RevisionSender
from bot.notify.deliver.sending import SendContext
from bot.store.due_messages import ANY_DUE, DueMessages
from bot.store.notice_rows import MEND
from bot.store.rate_limiter import Bucket
from bot.tracing import run_in_span
from bot.workers.lease import LEASE_S, Lease, keepalive
from bot.workers.loop import BackgroundTasks

log = structlog.get_logger(__name__)

_AT_ONCE = 50
"""Some hundred messages a second, where Slack takes as many a minute of a workspace. Each worker has its own."""

_AT_ONCE_A_CHANNEL = 2
"""So that a channel whose answers take long leaves room for the others."""

_BATCHED_S = 0.05
"""While many are under way, what becomes free meanwhile is claimed together."""

Release = Callable[[datetime], Awaitable[object]]
Send = Callable[[Notice, Lease], Awaitable[None]]


class Delivery:
    def __init__(
        self, context: SendContext, *, holder: str, wake: Callable[[], None], batched_s: float = _BATCHED_S
    ) -> None:
        self.context = context
        self._store = context.store
        self._clock = context.clock
        self._cards = CardSender(context)
        self._boards = BoardSender(context)
        self._notices = NoticeSender(context)
        self._revisions = RevisionSender(context)
        self._holder = holder
        self._wake = wake
        self._sending = BackgroundTasks()
        self._under_way: Counter[Bucket] = Counter()
        self._batched_s = batched_s
        self._claimed_at_s = -math.inf
        self._more_waits = False
        """As far as one can tell: the last claim filled all there was room for. To ask first looks through it twice."""

    async def tick(self) -> float:
        """Claim what is due and begin to send it; slow channels hold nothing up. Returns how many seconds to sleep."""
        free = _AT_ONCE - len(self._sending)
        if (rest_s := self._get_pause_s(free)) > 0:
            return rest_s
        self._claimed_at_s = asyncio.get_running_loop().time()
        due = ANY_DUE if self._more_waits else await self._find_due()
        claimed = await self._claim_cards(free) if due.cards else 0
        if due.notices or due.revisions:
            claimed += await self._claim_notices(free - claimed, due)
        self._more_waits = claimed >= free
        return 0.0 if self._more_waits else 0.5

    async def _find_due(self) -> DueMessages:
        async with self._store.begin_read() as tx:
            return await tx.due_messages.find(self._clock.now(), self.context.limits.rates)

    def _get_pause_s(self, free: int) -> float:
        if free <= 0:
            return 0.2
        return self._claimed_at_s + self._batched_s - asyncio.get_running_loop().time() if free < _AT_ONCE / 2 else 0.0

    async def drain(self, within_s: float) -> None:
        """Finish what is being sent; what takes longer is free for the next once it would stand in Slack."""
        await self._sending.drain(within_s)

    async def _claim_cards(self, limit: int) -> int:
        now, rates = self._clock.now(), self.context.limits.rates
        async with self._store.begin(lasting=False) as tx:
            cards = await tx.cards.claim(
                now, LEASE_S, self._holder, limit=limit, rates=rates, full=self._list_full_buckets()
            )
            self.context.record_claims(cards)
        written = self._begin_writing()
        for card in cards:
            self.context.hit_failpoint("delivery.after_claim")
            lease = Lease(partial(self._renew_card, card), clock=self._clock, claimed_at=now, written=written)
            release = partial(self._release_card, card)
            sender = self._boards if card.is_board else self._cards
            sending = partial(run_in_span, "deliver card", partial(sender.send, card, lease), parent=card.trace)
            self._start(card, sending, lease, release)
        return len(cards)

    async def _claim_notices(self, limit: int, due: DueMessages) -> int:
        """New ones, and those that say something else by now."""
        now, rates, full = self._clock.now(), self.context.limits.rates, self._list_full_buckets()
        new: list[Notice] = []
        revised: list[Notice] = []
        async with self._store.begin(lasting=False) as tx:
            if due.notices:
                new = await tx.outbox.claim(now, LEASE_S, self._holder, limit=limit, rates=rates, full=full)
            if due.revisions:
                room = limit - len(new)
                revised = await tx.revisions.claim(now, LEASE_S, self._holder, limit=room, rates=rates, full=full)
            self.context.record_claims([*new, *revised])
        written = self._begin_writing()
        self._start_notices(new, self._notices.send, now, written=written)
        self._start_notices(revised, self._revisions.send, now, written=written)
        return len(new) + len(revised)

    def _begin_writing(self) -> asyncio.Future[None]:
        """Done once what was claimed is on the disk: while it goes there, what is to be sent is drawn."""
        return asyncio.ensure_future(self._store.wait_for_disk())

    def _start_notices(
        self, notices: Iterable[Notice], send: Send, claimed_at: datetime, *, written: asyncio.Future[None]
    ) -> None:
        for notice in notices:
            self.context.hit_failpoint("delivery.after_claim")
            lease = Lease(
                partial(self._renew_notice, notice), clock=self._clock, claimed_at=claimed_at, written=written
            )
            release = partial(self._release_notice, notice)
            sending = partial(run_in_span, "deliver notice", partial(send, notice, lease), parent=notice.trace)
            self._start(notice, sending, lease, release)

    def _list_full_buckets(self) -> list[Bucket]:
        return [bucket for bucket, count in self._under_way.items() if count >= _AT_ONCE_A_CHANNEL]

    def _start(
        self, claimed: Card | Notice, sending: Callable[[], Awaitable[None]], lease: Lease, release: Release
    ) -> None:
        self._under_way[Bucket(*claimed.place)] += 1
        self._sending.start(self._send_safely(claimed, sending, lease, release))

    async def _send_safely(
        self, claimed: Card | Notice, sending: Callable[[], Awaitable[None]], lease: Lease, release: Release
    ) -> None:
        """One message that fails unexpectedly is retried when its lease runs out; the others go on."""
        try:
            async with keepalive(lease.renew):
                await sending()
        except asyncio.CancelledError:
            await release(self._clock.now() + timedelta(seconds=self.context.limits.shown_within_s))
            raise
        except Exception:
            log.exception("delivery.failed", id=build_message_id(claimed), mend=MEND)
        finally:
            self._under_way -= Counter({Bucket(*claimed.place): 1})
            self._wake()

    async def _renew_card(self, card: Card, until: datetime) -> bool:
        async with self._store.begin() as tx:
            return await tx.cards.renew(card, until)

    async def _release_card(self, card: Card, not_before: datetime) -> None:
        async with self._store.begin() as tx:
            await tx.cards.settle_lost_answer(card, not_before)

    async def _renew_notice(self, notice: Notice, until: datetime) -> bool:
        async with self._store.begin() as tx:
            return await tx.outbox.renew(notice, until)

    async def _release_notice(self, notice: Notice, not_before: datetime) -> None:
        async with self._store.begin() as tx:
            await tx.outbox.settle_lost_answer(notice, not_before)
