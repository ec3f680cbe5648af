"""How long a project, or an organisation's listing, rests after a look: what is due, and what its token can bear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.notify import pace
from bot.notify.tokens import Tokens
from bot.store.listings import Listing
from bot.store.store import Tx
from bot.store.watches import Watch

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
        most_s = pace.IDLE_AT_MOST_S if watch.lists_itself else pace.LISTED_AT_MOST_S
        if unshown_s := await self._unshown_s(tx, watch, polled, idle_rounds):
            most_s, idle_rounds = unshown_s, _LONG
        wait = pace.project_wait(
            idle_rounds, self._interval_s, due_at, polled.began_at, most_s, lists_itself=watch.lists_itself
        )
        rest = max(pace.at_least(self._interval_s), self._tokens.rest(watch.project, polled.read, wait))
        return pace.next_poll_at(polled.began_at, now, wait, rest, self._chance())

    async def _unshown_s(self, tx: Tx, watch: Watch, polled: Polled, idle_rounds: int) -> float | None:
        """Of one that has never built, once it was looked at closely for a while; its organisation's listing works."""
        closely = self._interval_s * 2**idle_rounds <= pace.IDLE_AT_MOST_S
        payer = self._tokens.payer(watch.project)
        if closely or not payer or not watch.never_built or polled.cursor or polled.read:
            return None
        if not await tx.listings.works(watch.project.org_slug):
            return None
        return pace.unshown_s(await tx.watches.never_built(payer), self._tokens.an_hour(watch.project))

    def next_listing_at(self, listing: Listing, idle_rounds: int, organisations: int, now: datetime) -> datetime:
        """Of one of so many `organisations` that the same token lists."""
        idle_s = pace.idle_listing_s(organisations, self._tokens.an_hour(listing.org))
        wait = pace.project_wait(idle_rounds, self._interval_s, None, now, idle_s)
        wait = max(wait, self._tokens.rest(listing.org, 0, wait))
        return now + pace.jittered(wait, self._chance())
