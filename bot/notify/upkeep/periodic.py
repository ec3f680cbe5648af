"""What rules, webhooks, workspaces and old rows need now and then: one process at a time does it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from typing import ClassVar

from bot.clock import Clock
from bot.store.store import Store


class Periodic(ABC):
    """`run` is called every `every_s` seconds in one process, whatever the number of replicas.

    The lease is half as long: the next process that asks takes over from one that died, or that asks too late.
    """

    lease: ClassVar[str]

    def __init__(self, *, store: Store, clock: Clock, holder: str, every_s: float) -> None:
        self._store = store
        self._clock = clock
        self._holder = holder
        self._every_s = every_s

    async def tick(self) -> float:
        """`run`, unless another process does. Returns how many seconds the loop may sleep."""
        now = self._clock.now()
        async with self._store.begin() as tx:
            until = now + timedelta(seconds=self._every_s / 2)
            ours = await tx.leases.claim_or_renew(self.lease, self._holder, until, now=now)
        if ours:
            await self.run(now)
        return self._every_s

    @abstractmethod
    async def run(self, now: datetime) -> None: ...
