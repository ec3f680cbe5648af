"""How long a project, or an organisation's listing, rests after a look: what is due, and what its token can bear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.notify.poll import poll_intervals
from bot.notify.poll.tokens import Tokens
from bot.store.org_polls import Listing
from bot.store.polled_projects import Watch
from bot.store.store import Tx

_LONG = 10
"""Rounds after which a wait doubles no more."""


@dataclass(frozen=True, slots=True)
class Polled:
    """`cursor` if the project was listed, how many pipelines were `read`; `told`: a webhook tells what ends in it."""

    began_at: datetime
    cursor: int | None
    read: int
    told: bool


class Resting:
    def __init__(self, *, tokens: Tokens, interval_s: float, chance: Callable[[], float]) -> None:
        self._tokens = tokens
        self._interval_s = interval_s
        self._chance = chance

    async def next_poll_at(
        self, tx: Tx, watch: Watch, polled: Polled, idle_rounds: int, due_at: datetime | None, now: datetime
    ) -> datetime:
        """Whatever is due (the first pipeline at `due_at`), and whatever its token has left."""
        idle_s, idle_rounds = await self._idle_s(tx, watch, polled, idle_rounds)
        wait = poll_intervals.project_wait(
            idle_rounds, self._interval_s, due_at, polled.began_at, idle_s, lists_itself=watch.lists_itself
        )
        rest = max(poll_intervals.at_least(self._interval_s), self._tokens.rest(watch.project, polled.read, wait))
        return poll_intervals.next_poll_at(polled.began_at, now, wait, rest, self._chance())

    async def _idle_s(self, tx: Tx, watch: Watch, polled: Polled, idle_rounds: int) -> tuple[float, int]:
        """How long it may wait while nothing is due in it, and after how many such rounds.

        What has never built is left to its organisation's listing, if that works, once it was looked at for a while.
        """
        payer, project = self._tokens.payer(watch.project), watch.project
        if not watch.lists_itself:
            return poll_intervals.LISTED_AT_MOST_S, idle_rounds
        if payer is None:
            return poll_intervals.IDLE_AT_MOST_S, idle_rounds
        unlisted, an_hour = await tx.watches.unlisted(payer), self._tokens.an_hour(project)
        looked_for_long = self._interval_s * 2**idle_rounds > poll_intervals.IDLE_AT_MOST_S
        empty = watch.never_built and not polled.cursor and not polled.read
        if empty and looked_for_long and await tx.listings.works(project.org_slug):
            return poll_intervals.unshown_s(unlisted, an_hour), _LONG
        return poll_intervals.idle_listing_s(unlisted, an_hour), idle_rounds

    def next_listing_at(self, listing: Listing, idle_rounds: int, organisations: int, now: datetime) -> datetime:
        """Of one of so many `organisations` that the same token lists."""
        idle_s = poll_intervals.idle_listing_s(organisations, self._tokens.an_hour(listing.org))
        wait = poll_intervals.project_wait(idle_rounds, self._interval_s, None, now, idle_s)
        wait = max(wait, self._tokens.rest(listing.org, 0, wait))
        return now + poll_intervals.jittered(wait, self._chance())
