"""How long a project, or an organisation's listing, rests after a look: what is due, and what its token can bear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.project_feeds import PolledProject
from bot.errors import BotError, NotConnected, NotFound, RateLimited, TargetError, Unauthorized
from bot.notify.poll import poll_intervals
from bot.notify.poll.tokens import PollTokens
from bot.store.org_polls import OrgPoll
from bot.store.store import Tx

_LONG = 10
"""Rounds after which a wait no longer doubles."""


@dataclass(frozen=True, slots=True)
class PollResult:
    """`cursor` if the project was listed; `has_webhook` if a webhook tells what ends in it.

    `changed` if a pipeline was not as it had been read before.
    """

    began_at: datetime
    cursor: int | None
    pipelines_read: int
    has_webhook: bool
    changed: bool = False


def name_failure(error: BotError) -> str:
    """As Prometheus counts it: we are to wait, nobody's token may, or it failed."""
    if isinstance(error, RateLimited):
        return "limited"
    return "refused" if isinstance(error, TargetError | NotConnected | NotFound | Unauthorized) else "failed"


class PollScheduler:
    def __init__(self, *, tokens: PollTokens, interval_s: float, chance: Callable[[], float]) -> None:
        self._tokens = tokens
        self._interval_s = interval_s
        self._chance = chance

    async def schedule_next_poll(
        self,
        tx: Tx,
        polled: PolledProject,
        result: PollResult,
        idle_rounds: int,
        due_at: datetime | None,
        now: datetime,
    ) -> datetime:
        """Whatever is due (the first pipeline at `due_at`), and whatever its token has left."""
        idle_s, idle_rounds = await self._get_idle_s(tx, polled, result, idle_rounds)
        wait = poll_intervals.get_project_wait(
            idle_rounds, self._interval_s, due_at, result.began_at, idle_s, lists_itself=polled.needs_own_listing
        )
        rest = max(
            poll_intervals.get_min_wait(self._interval_s),
            self._tokens.plan_pause(polled.project, result.pipelines_read, wait),
        )
        return poll_intervals.schedule_next_poll(result.began_at, now, wait, rest, self._chance())

    def schedule_retry(self, error: BotError, now: datetime) -> datetime:
        """When what could not be read is tried again: not before CircleCI's rate limit allows."""
        wait = poll_intervals.get_failure_wait(self._interval_s)
        if isinstance(error, RateLimited):
            wait = max(wait, timedelta(seconds=error.retry_after_s))
        return now + poll_intervals.add_jitter(wait, self._chance())

    async def _get_idle_s(
        self, tx: Tx, polled: PolledProject, result: PollResult, idle_rounds: int
    ) -> tuple[float, int]:
        """How long it may wait while nothing is due in it, and after how many such rounds.

        What the organisation's listing shows, that and webhooks make due: it waits at once for as long as it may. What
        has never built is left to that listing, if it works, once it was looked at for a while.
        """
        owner, project = self._tokens.find_owner(polled.project), polled.project
        if not polled.needs_own_listing:
            return poll_intervals.LISTED_AT_MOST_S, _LONG
        if owner is None:
            return poll_intervals.IDLE_AT_MOST_S, idle_rounds
        unlisted, an_hour = await tx.polled_projects.count_unlisted(owner), self._tokens.get_hourly_limit(project)
        looked_for_long = self._interval_s * 2**idle_rounds > poll_intervals.IDLE_AT_MOST_S
        empty = polled.has_never_built and not result.cursor and not result.pipelines_read
        if empty and looked_for_long and await tx.org_polls.is_working(project.org_slug):
            return poll_intervals.get_unlisted_wait_s(unlisted, an_hour), _LONG
        return poll_intervals.get_idle_org_wait_s(unlisted, an_hour), idle_rounds

    def schedule_next_org_poll(self, listing: OrgPoll, idle_rounds: int, organisations: int, now: datetime) -> datetime:
        """Of one of the `organisations` (how many) that the same token lists."""
        idle_s = poll_intervals.get_idle_org_wait_s(organisations, self._tokens.get_hourly_limit(listing.org))
        wait = poll_intervals.get_project_wait(idle_rounds, self._interval_s, None, now, idle_s)
        wait = max(wait, self._tokens.plan_pause(listing.org, 0, wait))
        return now + poll_intervals.add_jitter(wait, self._chance())
