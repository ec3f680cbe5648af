"""What cards, notices and revisions share when they are sent: Slack's limits, and what becomes of the undeliverable."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.blocks.undelivered_blocks import render_unreachable
from bot.circleci.links import Links
from bot.clock import Clock
from bot.conversation import is_person
from bot.messages import Card, Notice, build_message_id
from bot.notify.deliver.idempotent_post import DuplicateGuard
from bot.notify.deliver.steps import Observe, Step
from bot.notify.send_results import (
    WORKSPACE_GONE,
    AnswerLost,
    Poster,
    PostRequest,
    RetryAfter,
    SendResult,
    Sent,
    Undeliverable,
)
from bot.notify.withholding import HIDDEN, WithholdingPolicy
from bot.store.engine.database_errors import FAILURES
from bot.store.rate_limiter import BucketLimits, RateLimit
from bot.store.store import Store, Tx
from bot.workers.lease import LEASE_S, SHOWN_WITHIN_S, Lease

log = structlog.get_logger(__name__)

SUMMARISED = "summarised"
FORGOTTEN = "pipeline_forgotten"
STALE = "stale"
UNPINNED = "unpinned"

_SETTLED_AGAIN_AFTER_S = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Longer than a failover takes. Meanwhile the lease is renewed, or ends: then nothing is written any more."""

_WORDS = {Sent: "sent", RetryAfter: "retry", AnswerLost: "lost", Undeliverable: "gone"}

_OUR_OWN = frozenset({SUMMARISED, FORGOTTEN, STALE, HIDDEN, UNPINNED})
"""Reasons of ours, which nobody can do anything about."""


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Slack's limits (Slack: "Rate limits"): about one post a second a channel, 50 chat.update a minute a workspace.

    `card_gap_s` lies between two changes of one card, `board_gap_s` between two of a channel's board; the next one
    shows what changed in between. A workspace at rest saves up `update_burst` changes: with them no minute has more
    than fifty.
    """

    post_gap_s: float = 1.0
    card_gap_s: float = 2.0
    board_gap_s: float = 30.0
    update_gap_s: float = 1.5
    update_burst: int = 10
    shown_within_s: float = SHOWN_WITHIN_S

    @classmethod
    def from_speed(cls, speed: float) -> RateLimits:
        """`speed` times as fast as Slack's documents allow."""
        usual = cls()
        return cls(
            usual.post_gap_s / speed,
            usual.card_gap_s / speed,
            usual.board_gap_s / speed,
            usual.update_gap_s / speed,
            shown_within_s=usual.shown_within_s / speed,
        )

    @property
    def rates(self) -> BucketLimits:
        return BucketLimits(posts=RateLimit(self.post_gap_s), updates=RateLimit(self.update_gap_s, self.update_burst))

    @property
    def card_gap(self) -> timedelta:
        return timedelta(seconds=self.card_gap_s)

    @property
    def board_gap(self) -> timedelta:
        return timedelta(seconds=self.board_gap_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendContext:
    """`count` counts results by word, `record_post` is told how an end was found and how late its news is.

    What is older than `summarise_after` is summarised, not posted one by one. `observe` is told each step.
    """

    store: Store
    poster: Poster
    withholding: WithholdingPolicy
    duplicates: DuplicateGuard
    links: Links
    clock: Clock
    limits: RateLimits
    summarise_after: timedelta
    count: Callable[[str], None]
    record_post: Callable[[str, float], None]
    hit_failpoint: Callable[[str], None]
    observe: Observe | None = None

    def record_step(self, word: str, claimed: Card | Notice, found: str = "") -> None:
        """A step of this attempt (bot/notify/deliver/steps.py)."""
        if self.observe:
            self.observe(Step(word, build_message_id(claimed), claimed.attempt or "", self.clock.now(), found))

    def record_claims(self, claimed: Iterable[Card | Notice]) -> None:
        for one in claimed:
            posted = one.ts if isinstance(one, Card) else one.sent_ts
            self.record_step("claim", one, "change" if posted else "again" if one.unfinished_since else "first")

    def count_result(self, result: SendResult) -> str:
        """Returns the word for it."""
        word = _WORDS[type(result)]
        self.count(word)
        return word

    async def find_earlier_result(self, claimed: Card | Notice, post: PostRequest) -> SendResult | None:
        """What became of an earlier attempt; None when it is time to post."""
        earlier = await self.duplicates.find_earlier_result(post)
        if post.unfinished_since:
            found = "found" if isinstance(earlier, Sent) else "unknown" if earlier else "absent"
            self.record_step("look", claimed, found)
        return earlier

    async def send_within(
        self, claimed: Card | Notice, lease: Lease, send: Callable[[], Awaitable[SendResult]]
    ) -> SendResult | None:
        """What Slack answered within the lease. None: it is no longer ours, and nothing was sent."""
        try:
            async with lease.hold() as ours:
                self.record_step("check", claimed, "ours" if ours else "over")
                if not ours:
                    return None
                self.hit_failpoint("delivery.before_send")
                self.record_step("send", claimed)
                result = await send()
        except TimeoutError:
            return AnswerLost(LEASE_S)
        self.hit_failpoint("delivery.after_send")
        self.record_step("answer", claimed, _WORDS[type(result)])
        return result

    async def settle(self, claimed: Card | Notice, word: str, write: Callable[[Tx], Awaitable[object]]) -> None:
        """Write down what Slack answered. A database that is away for a moment is asked again: only we know it."""
        self.record_step("settle", claimed, word)
        for pause_s in _SETTLED_AGAIN_AFTER_S:
            try:
                await self._write(write)
            except FAILURES as error:
                log.info("delivery.not_settled", error=type(error).__name__)
                await asyncio.sleep(pause_s)
            else:
                break
        else:
            await self._write(write)
        self.hit_failpoint("delivery.after_settle")
        self.record_step("settled", claimed, word)

    async def _write(self, write: Callable[[Tx], Awaitable[object]]) -> None:
        async with self.store.begin() as tx:
            await write(tx)

    def record_delay(self, notice: Notice, sent_at: datetime) -> None:
        """Where it tells of a workflow's end."""
        if end := notice.found_end:
            self.record_post(end.found_by, max(0.0, (sent_at - end.ended_at).total_seconds()))


async def notify_owners(
    tx: Tx, workspace: str, channel: str, reason: str, *, asked_by: str | None, now: datetime
) -> None:
    """Tell who asked, else who made the channel's rules, once for each channel and reason.

    Nobody is told about a direct message: another would fail too. A person's conversation without us is a channel like
    any other.
    """
    if reason in _OUR_OWN | WORKSPACE_GONE or is_person(channel):
        return
    for user in [asked_by] if asked_by else await _list_owners(tx, workspace, channel):
        key = f"gone:{workspace}:{channel}:{reason}:{user}"
        await tx.outbox.insert(key, workspace, user, message=partial(render_unreachable, channel, reason), now=now)


async def _list_owners(tx: Tx, workspace: str, channel: str) -> Iterable[str]:
    return dict.fromkeys(rule.made_by for rule in await tx.subscriptions.list_for_channel(workspace, channel))
