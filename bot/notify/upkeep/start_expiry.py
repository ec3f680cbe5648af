"""What waits for approval asks others after a while, and ends by itself; what was approved survives a crash."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from bot.actions import waiting_starts
from bot.clock import Clock
from bot.notify.upkeep.periodic import Periodic
from bot.rules.start_request import StartRequest, StartState
from bot.store.store import Store

EVERY_S = 30.0


class StartExpiry(Periodic):
    lease = "start_expiry"

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        holder: str,
        wake: Callable[[], None],
        take_up: Callable[[StartRequest], Awaitable[None]],
    ) -> None:
        super().__init__(store=store, clock=clock, holder=holder, every_s=EVERY_S)
        self._take_up = take_up
        self._wake = wake

    async def run(self, now: datetime) -> None:
        async with self._store.begin_read() as tx:
            due, starting = await tx.start_requests.list_due(now), await tx.start_requests.list_starting()
            escalating = await tx.start_requests.list_escalating(now)
        for start in due:
            async with self._store.begin() as tx:
                await waiting_starts.end(tx, replace(start, state=StartState.EXPIRED), now)
        for start in escalating:
            async with self._store.begin() as tx:
                await waiting_starts.ask_others(tx, start, now)
        for start in starting:
            await self._take_up(start)
        if due or starting or escalating:
            self._wake()
