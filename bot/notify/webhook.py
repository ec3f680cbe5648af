"""A webhook is a hint: it makes the poller look at once. What is published comes from reading the pipeline itself."""

from __future__ import annotations

from collections.abc import Callable

from bot.circleci.webhook import WebhookEvent
from bot.clock import Clock
from bot.store.store import Store


class WebhookInbox:
    def __init__(self, *, store: Store, clock: Clock, nudge: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._nudge = nudge

    async def take(self, event: WebhookEvent) -> None:
        """Note the hint, once for each delivery id. A pipeline that we do not follow yet is found by its project."""
        now = self._clock.now()
        async with self._store.begin() as tx:
            if not await tx.seen.first(f"circleci:{event.id}", now):
                return
            if event.pipeline_id and await tx.pipelines.get(event.pipeline_id):
                await tx.pipelines.hurry(event.pipeline_id, now)
                if event.project:
                    await tx.watches.hurry(event.project, now)
            elif event.project:
                await tx.watches.doubt(event.project, now)
        self._nudge()
