"""Freezes begin and end by themselves: told where they hold, also after this process was down meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.actions import freeze_changes
from bot.clock import Clock
from bot.notify.upkeep.periodic import Periodic
from bot.store.store import Store

EVERY_S = 10.0


class FreezeTurns(Periodic):
    lease = "freeze_turns"

    def __init__(self, *, store: Store, clock: Clock, holder: str, wake: Callable[[], None]) -> None:
        super().__init__(store=store, clock=clock, holder=holder, every_s=EVERY_S)
        self._wake = wake

    async def run(self, now: datetime) -> None:
        async with self._store.begin_read() as tx:
            due = await tx.freezes.list_due(now)
        for freeze in due:
            async with self._store.begin() as tx:
                await freeze_changes.announce_turn(tx, freeze, now)
        if due:
            self._wake()
