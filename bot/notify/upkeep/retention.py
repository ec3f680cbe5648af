"""What nobody needs any more is forgotten, once an hour, by one replica.

Outcomes stay: they are what keeps anything from being told twice.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.store.pending_commands import PENDING_FOR
from bot.store.pipelines import RETENTION
from bot.store.store import Store

log = structlog.get_logger(__name__)

EVERY_S = 3600.0
_SEEN_KEPT = timedelta(days=2)
"""Ids of deliveries: CircleCI and Slack repeat themselves for hours at most."""


class RetentionJob:
    def __init__(self, *, store: Store, clock: Clock, holder: str) -> None:
        self._store = store
        self._clock = clock
        self._holder = holder

    async def tick(self) -> float:
        """Forget what is old, unless another replica does. Answers how long the loop may sleep, in seconds."""
        now = self._clock.now()
        async with self._store.begin() as tx:
            if await tx.leases.claim_or_renew("housekeeping", self._holder, now + timedelta(seconds=EVERY_S), now):
                pipelines = await tx.pipelines.prune(now - RETENTION)
                notices = await tx.outbox.prune(now - RETENTION)
                acts = await tx.idempotency_keys.prune(now - RETENTION)
                await tx.pending_commands.prune(now - PENDING_FOR)
                await tx.digest_queue.prune(now - RETENTION)
                await tx.long_values.prune(now - RETENTION)
                await tx.mutes.prune(now)
                await tx.failed_tests.prune(now - RETENTION)
                await tx.mentions.prune(now - RETENTION)
                await tx.processed_events.prune(now - _SEEN_KEPT)
                await tx.rate_limiter.prune(now)
                log.debug("housekeeping.done", pipelines=pipelines, notices=notices, acts=acts)
        return EVERY_S
