"""Says to all processes that this one listens to Slack, and what reached it."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from bot.clock import Clock
from bot.domain.arrivals import Arrivals, Listener
from bot.slack.socket import SocketModeListener
from bot.store.store import Store

_EVERY_S = 30.0
_SOON_S = 3.0
_END_WITHIN_S = 1.0


@dataclass(frozen=True, kw_only=True)
class ListenerRecorder:
    store: Store
    clock: Clock
    holder: str
    socket: SocketModeListener | None
    arrivals: Arrivals

    async def tick(self) -> float:
        """Soon again while there is no connection, so that nobody reads for long that there is none."""
        connections = await self.socket.count_connections() if self.socket else None
        now, heard, refused = self.clock.now(), self.arrivals.heard_at, self.arrivals.refused_at
        async with self.store.begin() as tx:
            await tx.listeners.upsert(Listener(self.holder, now, connections, heard, refused))
        return _SOON_S if connections == 0 else _EVERY_S

    async def end(self) -> None:
        """Who ends in order is not missed afterwards."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(_END_WITHIN_S), self.store.begin() as tx:
                await tx.listeners.delete(self.holder)
