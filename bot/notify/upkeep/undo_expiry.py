"""The button Undo goes when it would come too late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.actions import change_notices
from bot.clock import Clock
from bot.notify.upkeep.periodic import Periodic
from bot.store.store import Store

EVERY_S = 20.0


class UndoExpiry(Periodic):
    lease = "undo_expiry"

    def __init__(self, *, store: Store, clock: Clock, holder: str, wake: Callable[[], None]) -> None:
        super().__init__(store=store, clock=clock, holder=holder, every_s=EVERY_S)
        self._wake = wake

    async def run(self, now: datetime) -> None:
        async with self._store.begin_read() as tx:
            due = await tx.undoable_changes.list_due(now)
        for change in due:
            async with self._store.begin() as tx:
                await change_notices.restate(tx, change, now)
        if due:
            self._wake()
