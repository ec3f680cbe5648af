"""Which token answered last about each project or organisation, and what each token is asked for altogether."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.clock import Clock
from bot.domain.people import Person
from bot.notify.poll.token_quota import PollToken

K = TypeVar("K", bound=Hashable)

_KEPT_FOR = timedelta(hours=6)
"""What was not asked for this long is no longer polled, or another process polls it."""

_PRUNED_EVERY = timedelta(hours=1)
_UNKNOWN_DEMAND = 1 / 60
"""Requests a second of what has not been read twice."""


class LastTokens(Generic[K]):
    """Tokens by what they were asked about. What is no longer asked about is forgotten, and no demand on its token."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tokens: dict[K, PollToken] = {}
        self._used_at: dict[K, datetime] = {}
        self._demand: dict[Person, dict[K, float]] = {}
        self._pruned_at = clock.now()

    def find(self, place: K) -> PollToken | None:
        return self._tokens.get(place)

    def list_all(self) -> Collection[PollToken]:
        """Each token once."""
        return {token.owner: token for token in self._tokens.values()}.values()

    def set(self, place: K, token: PollToken) -> None:
        """The token has answered. From now on the demand is its own."""
        before = self._tokens.get(place)
        demand = self._demand[before.owner][place] if before else _UNKNOWN_DEMAND
        self.drop(place)
        self._tokens[place], self._used_at[place] = token, self._clock.now()
        self._demand.setdefault(token.owner, {})[place] = demand
        self._prune()

    def drop(self, place: K) -> None:
        """No token is known to answer."""
        if token := self._tokens.pop(place, None):
            del self._used_at[place]
            of_token = self._demand[token.owner]
            del of_token[place]
            if not of_token:
                del self._demand[token.owner]

    def set_demand(self, place: K, requests_a_second: float) -> None:
        """How much the token that answered last is asked for; nothing where none did."""
        if token := self._tokens.get(place):
            self._demand[token.owner][place] = requests_a_second
            self._used_at[place] = self._clock.now()

    def list_other_demands(self, place: K) -> list[float]:
        """Requests a second, for each of the other places that the same token answers for."""
        token = self._tokens.get(place)
        return [demand for other, demand in self._demand[token.owner].items() if other != place] if token else []

    def _prune(self) -> None:
        now = self._clock.now()
        if now - self._pruned_at >= _PRUNED_EVERY:
            self._pruned_at = now
            for place in [one for one, used_at in self._used_at.items() if now - used_at > _KEPT_FOR]:
                self.drop(place)
