"""Writes down what polling asks of each token, so that every process and the operator can see it."""

from __future__ import annotations

from datetime import datetime

from bot.clock import Clock
from bot.domain.people import Person
from bot.domain.project_feeds import TokenOwner
from bot.notify.poll.token_quota import PollToken
from bot.notify.poll.tokens import PollTokens
from bot.store.accounts import USE_NOTED_EVERY
from bot.store.store import Store, Tx

_EVERY_S = 30.0


class TokenUsageRecorder:
    def __init__(self, *, store: Store, tokens: PollTokens, clock: Clock) -> None:
        self._store = store
        self._tokens = tokens
        self._clock = clock
        self._written: dict[Person, int] = {}
        self._used_at: dict[Person, datetime] = {}

    async def tick(self) -> float:
        """Add what was asked since the last tick. Returns how many seconds the loop may sleep."""
        now, readers = self._clock.now(), self._tokens.list_tokens()
        more = {
            reader.owner: reader.circleci.request_counts.total - self._written.get(reader.owner, 0)
            for reader in readers
        }
        if any(more.values()):
            async with self._store.begin() as tx:
                for reader in readers:
                    if more[reader.owner] > 0:
                        an_hour = reader.circleci.budget.hourly_limit if reader.circleci.budget else None
                        await tx.token_usage.add(TokenOwner(*reader.owner), more[reader.owner], an_hour, now=now)
                        await self._record_use(tx, reader, now)
                await tx.token_usage.prune(now)
        self._written |= {reader.owner: reader.circleci.request_counts.total for reader in readers}
        return _EVERY_S

    async def _record_use(self, tx: Tx, reader: PollToken, now: datetime) -> None:
        """Once an hour and process: that somebody's own token was used."""
        last = self._used_at.get(reader.owner)
        if reader.account and (last is None or now - last >= USE_NOTED_EVERY):
            await tx.accounts.mark_used(reader.owner, now)
            self._used_at[reader.owner] = now
