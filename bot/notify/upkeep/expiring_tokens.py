"""Whose token ends soon hears of it a week and a day before, once each: it is renewed by nobody but themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.blocks import account_blocks
from bot.clock import Clock
from bot.notify.upkeep.periodic import Periodic
from bot.store.accounts import EndingToken
from bot.store.store import Store

log = structlog.get_logger(__name__)

EVERY_S = 600.0
DAYS_BEFORE = (1, 7)
"""The nearest first: who hears late hears once."""


class ExpiryReminders(Periodic):
    """`wake` wakes delivery."""

    lease = "expiring_tokens"

    def __init__(self, *, store: Store, clock: Clock, holder: str, wake: Callable[[], None]) -> None:
        super().__init__(store=store, clock=clock, holder=holder, every_s=EVERY_S)
        self._wake = wake

    async def run(self, now: datetime) -> None:
        async with self._store.begin_read() as tx:
            ending = await tx.accounts.list_ending(now + timedelta(days=max(DAYS_BEFORE)))
        for token in ending:
            days = next((days for days in DAYS_BEFORE if token.expires_at - now <= timedelta(days=days)), None)
            if now < token.expires_at and days is not None and (token.told is None or days < token.told):
                await self._remind(token, days, now)

    async def _remind(self, token: EndingToken, days: int, now: datetime) -> None:
        """What is marked as told is written in the same transaction."""
        workspace, user = token.person
        key = f"ends:{workspace}:{user}:{token.expires_at.isoformat()}:{days}"
        async with self._store.begin() as tx:
            if not await tx.accounts.mark_end_told(token, days):
                return
            message = partial(account_blocks.render_ending, token.expires_at)
            await tx.outbox.insert(key, workspace, user, message=message, now=now)
        log.info("token.ends_soon", workspace=workspace, user=user, days=days)
        self._wake()
