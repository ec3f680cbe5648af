"""Times that a wrong clock made up: after it went back, what was meant for soon is hours away, and nothing happens."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Table, delete, func, select, update

from bot.store.engine.statements import Repository
from bot.store.tables.polling import listings, spending, watches
from bot.store.tables.publishing import cards, outbox, outcomes, pipelines, turns
from bot.store.tables.rule_index import covers, subscriptions
from bot.store.tables.workspaces import leases, listeners

_PATIENCE = timedelta(minutes=1)
"""Clocks are put right by seconds all the time, which harms nobody."""

_DUE: tuple[tuple[Table, str], ...] = (
    *((table, "next_look_at") for table in (watches, listings, pipelines)),
    *((table, "not_before") for table in (cards, outbox)),
    (subscriptions, "made_at"),
    (covers, "seen_at"),
)
"""What is due then, and rules, which hear what ends after they were made."""

_WRITTEN: tuple[tuple[Table, str], ...] = (
    (spending, "began_at"),
    (listeners, "seen_at"),
    (turns, "next_at"),
    (leases, "leased_until"),
)
"""What only says what was so lately, or who may not yet: it is done without."""

_NOTED: tuple[tuple[Table, str], ...] = (
    (spending, "began_at"),
    (listeners, "seen_at"),
    (outcomes, "known_at"),
    (pipelines, "followed_at"),
    (outbox, "settled_at"),
)
"""What every process writes as it works."""


class WrongClockRepository(Repository):
    async def find_latest(self) -> datetime | None:
        """The latest moment at which a process noted that it worked."""
        noted = [await self._connection.scalar(select(func.max(table.c[name]))) for table, name in _NOTED]
        return max((moment for moment in noted if moment), default=None)

    async def forget_future(self, now: datetime) -> datetime | None:
        """Where something was noted later than now, make everything due; when that was. Nobody else may be at work."""
        latest = await self.find_latest()
        if latest is None or latest <= now + _PATIENCE:
            return None
        for table, name in _DUE:
            await self._connection.execute(update(table).where(table.c[name] > now).values({name: now}))
        for table, name in _WRITTEN:
            await self._connection.execute(delete(table).where(table.c[name] > now))
        return latest
