"""Says to all processes that this one listens to Slack, and what reached it."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from bot.clock import Clock
from bot.domain.arrivals import Arrivals, Listener
from bot.slack.socket import CONNECTIONS, SocketModeListener
from bot.store.store import Store

_EVERY_S = 30.0
_SOON_S = 3.0
_END_WITHIN_S = 1.0


@dataclass(kw_only=True)
class ListenerRecorder:
    store: Store
    clock: Clock
    holder: str
    socket: SocketModeListener | None
    arrivals: Arrivals
    _is_quiet: bool = False

    async def tick(self) -> float:
        """Soon again while there is no connection: only at the second look it is told, since most are being made."""
        connections = await self.socket.count_connections() if self.socket else None
        told = CONNECTIONS if connections == 0 and not self._is_quiet else connections
        self._is_quiet = connections == 0
        now, heard, refused = self.clock.now(), self.arrivals.heard_at, self.arrivals.refused_at
        async with self.store.begin() as tx:
            await tx.listeners.upsert(Listener(self.holder, now, told, heard, refused))
        return _SOON_S if self._is_quiet else _EVERY_S

    async def end(self) -> None:
        """Who ends in order is not missed afterwards."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(_END_WITHIN_S), self.store.begin() as tx:
                await tx.listeners.delete(self.holder)
