"""Delivery brings Slack to what is written: cards to their newest state, notices once, each channel at its pace.

A row is claimed by lease, sent, and settled. If we die between Slack accepting a message and our commit, the lease
runs out and it is sent again: the one case in which a message may appear twice (README, "What is promised").
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol

import structlog

from bot.blocks import notice as said
from bot.blocks.card import card as draw
from bot.circleci.links import Links
from bot.circleci.snapshot import Snapshot
from bot.clock import Clock
from bot.domain import Card, Message, Notice
from bot.notify.lease import LEASE_S, kept
from bot.notify.pacer import Pacer
from bot.store.store import Store
from bot.tasks import Tasks

log = structlog.get_logger(__name__)

_AT_ONCE = 40


@dataclass(frozen=True, slots=True)
class Tempo:
    """Slack's pace: seconds between two posts in a channel, and between two changes of one card.

    About one post a second a channel (Slack: "Rate limits"); what changes on a card in between is shown by the next.
    """

    post_gap_s: float = 1.0
    card_gap_s: float = 2.0


@dataclass(frozen=True, slots=True)
class Sent:
    ts: str


@dataclass(frozen=True, slots=True)
class RetryAfter:
    seconds: float


@dataclass(frozen=True, slots=True)
class Gone:
    """It can never be sent: `reason` is Slack's error word."""

    reason: str


Result = Sent | RetryAfter | Gone


class Poster(Protocol):
    """Slack, as delivery needs it. Ordinary ends are values; nothing is retried in here."""

    async def post(
        self, workspace: str, channel: str, message: Message, *, key: str, thread_ts: str | None, broadcast: bool
    ) -> Result: ...

    async def update(self, workspace: str, channel: str, ts: str, message: Message) -> Result: ...


class Delivery:
    def __init__(
        self,
        *,
        store: Store,
        poster: Poster,
        links: Links,
        clock: Clock,
        holder: str,
        nudge: Callable[[], None],
        tempo: Tempo,
        count: Callable[[str], None],
    ) -> None:
        self._store = store
        self._poster = poster
        self._links = links
        self._clock = clock
        self._holder = holder
        self._nudge = nudge
        self._count = count
        self._pacer = Pacer(tempo.post_gap_s)
        self._card_gap = timedelta(seconds=tempo.card_gap_s)
        self._sending = Tasks()

    async def turn(self) -> float:
        """Claim what is due and start sending it. Slow channels go on by themselves while the loop turns again."""
        free = _AT_ONCE - len(self._sending)
        if free <= 0:
            return 0.2
        async with self._store.begin() as tx:
            now = self._clock.now()
            cards = await tx.cards.claim(now, LEASE_S, self._holder, free)
            notices = await tx.outbox.claim(now, LEASE_S, self._holder, max(0, free - len(cards)))
        for card in cards:
            self._sending.start(self._safely(self._send_card(card), partial(self._keep_card, card)))
        for notice in notices:
            self._sending.start(self._safely(self._send_notice(notice), partial(self._keep_notice, notice)))
        return 0.0 if len(cards) + len(notices) >= free else 0.5

    async def drain(self, within_s: float) -> None:
        """Finish what is being sent."""
        await self._sending.drain(within_s)

    async def _safely(self, sending: Awaitable[None], keep: Callable[[], Awaitable[None]]) -> None:
        """One message that fails unexpectedly is retried when its lease runs out; the others go on."""
        try:
            async with kept(keep):
                await sending
        except Exception:
            log.exception("delivery.failed")
        finally:
            self._nudge()

    async def _keep_card(self, card: Card) -> None:
        async with self._store.begin() as tx:
            await tx.cards.keep(card.id, self._holder, self._clock.now() + timedelta(seconds=LEASE_S))

    async def _keep_notice(self, notice: Notice) -> None:
        async with self._store.begin() as tx:
            await tx.outbox.keep(notice.id, self._holder, self._clock.now() + timedelta(seconds=LEASE_S))

    async def _send_card(self, card: Card) -> None:
        message = await self._drawn(card)
        await self._settle_card(card, await self._show(card, message) if message else Gone("pipeline_forgotten"))

    async def _show(self, card: Card, message: Message) -> Result:
        if card.ts:
            return await self._poster.update(card.workspace, card.channel, card.ts, message)
        await self._pacer.turn(card.workspace, card.channel)
        key = f"card:{card.id}"
        return await self._poster.post(card.workspace, card.channel, message, key=key, thread_ts=None, broadcast=False)

    async def _drawn(self, card: Card) -> Message | None:
        async with self._store.read() as tx:
            followed = await tx.pipelines.get(card.pipeline_id)
            deeds = await tx.deeds.of(card.pipeline_id)
        if followed is None:
            return None
        snapshot = Snapshot.model_validate_json(followed.snapshot)
        own = [deed for deed in deeds if deed.workspace == card.workspace]
        return draw(snapshot, project=followed.project, deeds=own, links=self._links)

    async def _settle_card(self, card: Card, result: Result) -> None:
        self._count(_word(result))
        now = self._clock.now()
        async with self._store.begin() as tx:
            match result:
                case Sent(ts):
                    await tx.cards.settle_sent(card.id, card.ts or ts, card.wanted, now + self._card_gap)
                case RetryAfter(seconds):
                    self._pacer.hold(card.workspace, card.channel, seconds)
                    await tx.cards.settle_retry(card.id, now + timedelta(seconds=seconds))
                case Gone(reason):
                    log.info("card.gone", card=card.id, reason=reason)
                    await tx.cards.settle_gone(card.id, reason, now)
                    if card.asked_by and card.asked_by != card.channel:
                        message = said.unreachable(card.channel, reason)
                        await tx.outbox.add(f"gone:{card.id}", card.workspace, card.asked_by, message, now=now)

    async def _send_notice(self, notice: Notice) -> None:
        await self._pacer.turn(notice.workspace, notice.channel)
        result = await self._poster.post(
            notice.workspace,
            notice.channel,
            notice.message,
            key=notice.key,
            thread_ts=notice.thread_ts,
            broadcast=notice.broadcast and notice.thread_ts is not None,
        )
        await self._settle_notice(notice, result)

    async def _settle_notice(self, notice: Notice, result: Result) -> None:
        self._count(_word(result))
        now = self._clock.now()
        async with self._store.begin() as tx:
            match result:
                case Sent(ts):
                    await tx.outbox.settle_sent(notice.id, ts, now)
                case RetryAfter(seconds):
                    self._pacer.hold(notice.workspace, notice.channel, seconds)
                    await tx.outbox.settle_retry(notice.id, now + timedelta(seconds=seconds))
                case Gone(reason):
                    log.info("notice.gone", notice=notice.id, reason=reason)
                    await tx.outbox.settle_gone(notice.id, reason, now)


def _word(result: Result) -> str:
    return {Sent: "sent", RetryAfter: "retry", Gone: "gone"}[type(result)]
