"""Writes down what polling asks of each token, so that every process can tell, and whoever runs us too."""

from __future__ import annotations

from bot.clock import Clock
from bot.notify.poll.tokens import Tokens
from bot.store.dm_preferences import Person
from bot.store.polled_projects import Payer
from bot.store.store import Store

_EVERY_S = 30.0


class Bookkeeper:
    def __init__(self, *, store: Store, tokens: Tokens, clock: Clock) -> None:
        self._store = store
        self._tokens = tokens
        self._clock = clock
        self._written: dict[Person, int] = {}

    async def turn(self) -> float:
        """What was asked since the last turn. Answers how long the loop may sleep, in seconds."""
        now, readers = self._clock.now(), self._tokens.polling()
        more = {reader.who: reader.circleci.made.ever - self._written.get(reader.who, 0) for reader in readers}
        if any(more.values()):
            async with self._store.begin() as tx:
                for reader in readers:
                    if more[reader.who] > 0:
                        an_hour = reader.circleci.budget.an_hour if reader.circleci.budget else None
                        await tx.spending.add(Payer(*reader.who), more[reader.who], an_hour, now)
                await tx.spending.prune(now)
        self._written |= {reader.who: reader.circleci.made.ever for reader in readers}
        return _EVERY_S
