"""Rows that nobody needs any more are deleted once an hour.

Outcomes stay: they keep anything from being posted twice. Where there are several keys it is also counted how many
secrets the first does not open: before its key is dropped, nothing may be left under a later one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.notify.upkeep.periodic import Periodic
from bot.store.backups import CAUGHT_UP_AFTER
from bot.store.pending_commands import PENDING_FOR
from bot.store.pipelines import RETENTION
from bot.store.store import Store
from bot.store.trigger_choices import CHOICES_KEPT

log = structlog.get_logger(__name__)

EVERY_S = 3600.0
_EVENTS_KEPT = timedelta(days=2)
"""Ids of events: CircleCI and Slack repeat an event for hours at most."""


_LISTENERS_KEPT = timedelta(days=1)
"""Processes that ended without a word: the doctor tells of them meanwhile."""


class RetentionJob(Periodic):
    lease = "housekeeping"

    def __init__(
        self, *, store: Store, clock: Clock, holder: str, note_later_secrets: Callable[[int], None] | None = None
    ) -> None:
        super().__init__(store=store, clock=clock, holder=holder, every_s=EVERY_S)
        self._note_later_secrets = note_later_secrets

    async def tick(self) -> float:
        """What this process counted an hour ago holds no longer: another one may count now."""
        if self._note_later_secrets:
            self._note_later_secrets(0)
        return await super().tick()

    async def run(self, now: datetime) -> None:
        async with self._store.begin() as tx:
            pipelines = await tx.pipelines.prune(now - RETENTION)
            await tx.boards.prune(now - RETENTION)
            notices = await tx.outbox.prune(now - RETENTION)
            acts = await tx.idempotency_keys.prune(now - RETENTION)
            await tx.pending_commands.prune(now - PENDING_FOR)
            await tx.sign_ins.prune(now)
            await tx.trigger_choices.prune(now - CHOICES_KEPT)
            await tx.digest_queue.prune(now - RETENTION)
            await tx.long_values.prune(now - RETENTION)
            await tx.mutes.prune(now)
            await tx.freezes.prune(now - RETENTION)
            await tx.undoable_changes.prune(now - RETENTION)
            await tx.failed_tests.prune(now - RETENTION)
            await tx.mentions.prune(now - RETENTION)
            await tx.lookers.prune(now - RETENTION)
            await tx.approvals.prune(now - RETENTION)
            await tx.start_requests.prune(now - RETENTION)
            await tx.processed_events.prune(now - _EVENTS_KEPT)
            await tx.rate_limiter.prune(now)
            await tx.leases.prune(now - RETENTION)
            await tx.listeners.prune(now - _LISTENERS_KEPT)
            await tx.backups.forget_restorations(now - CAUGHT_UP_AFTER)
        log.debug("retention.done", pipelines=pipelines, notices=notices, acts=acts)
        if self._note_later_secrets:
            async with self._store.begin_read() as tx:
                self._note_later_secrets((await tx.sealed_columns.count()).later)
