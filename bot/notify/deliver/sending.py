"""What it takes to send anything, whether a card or a notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.circleci.links import Links
from bot.clock import Clock
from bot.notify.deliver.idempotent_post import IdempotentPoster
from bot.notify.send_results import AnswerLost, Poster, RetryAfter, SendResult, Sent, Undeliverable
from bot.notify.withholding import WithholdingPolicy
from bot.store.rate_limiter import BucketLimits, RateLimit
from bot.store.store import Store


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Slack's pace (Slack: "Rate limits"): about one post a second a channel, 50 chat.update a minute a workspace.

    `card_gap_s` lies between two changes of one card; what changes in between is shown by the next. A rest saves up
    `update_burst` changes: with them no minute has more than fifty.
    """

    post_gap_s: float = 1.0
    card_gap_s: float = 2.0
    update_gap_s: float = 1.5
    update_burst: int = 10

    @classmethod
    def from_speed(cls, pace: float) -> RateLimits:
        """So many times as fast as Slack's documents allow."""
        usual = cls()
        return cls(usual.post_gap_s / pace, usual.card_gap_s / pace, usual.update_gap_s / pace)

    @property
    def rates(self) -> BucketLimits:
        return BucketLimits(posts=RateLimit(self.post_gap_s), updates=RateLimit(self.update_gap_s, self.update_burst))

    @property
    def card_gap(self) -> timedelta:
        return timedelta(seconds=self.card_gap_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendContext:
    """`count` counts results by word. What is older than `summarise_after` is summarised, not posted one by one."""

    store: Store
    poster: Poster
    withholding: WithholdingPolicy
    attempts: IdempotentPoster
    links: Links
    clock: Clock
    limits: RateLimits
    summarise_after: timedelta
    count: Callable[[str], None]
    hit_failpoint: Callable[[str], None]

    def count_result(self, result: SendResult) -> SendResult:
        self.count({Sent: "sent", RetryAfter: "retry", AnswerLost: "lost", Undeliverable: "gone"}[type(result)])
        return result
