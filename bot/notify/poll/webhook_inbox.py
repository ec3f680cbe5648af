"""A webhook is a hint: it makes the poller look at once. What is published comes from reading the pipeline itself.

So events may come late, twice, in any order or not at all, and none of it can tell anything that is not so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bot.circleci.webhook_payload import WebhookEvent
from bot.clock import Clock
from bot.domain import ProjectSlug
from bot.domain.project_feeds import Hook
from bot.store.processed_events import ANNOUNCED
from bot.store.store import Store, Tx

_NEWS_FOR = timedelta(days=2)
"""CircleCI repeats itself for hours at most. What is older is a replay: the poller has long found what it tells of.

As long as the ids of deliveries are kept (retention.py), so that none can come twice as news.
"""


class WebhookInbox:
    def __init__(self, *, store: Store, clock: Clock, wake: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._wake = wake

    async def find_hook(self, key: str) -> Hook | None:
        """The webhook that we installed whose address ends in this key."""
        async with self._store.begin_read() as tx:
            return await tx.hooks.find_by_key(key)

    async def mark_refused(self, hook: Hook) -> None:
        """Something with a wrong signature came to it: perhaps CircleCI has another secret. Written down once."""
        if hook.refused_at is None:
            async with self._store.begin() as tx:
                await tx.hooks.mark_refused(hook.key, self._clock.now())

    async def handle(self, event: WebhookEvent, hook: Hook | None = None) -> None:
        """Note the hint, once for each delivery id. A pipeline that we do not follow yet is found by its project."""
        now = self._clock.now()
        if event.happened_at and now - event.happened_at > _NEWS_FOR:
            return
        async with self._store.begin() as tx:
            if not await tx.processed_events.insert(f"circleci:{event.id}", now):
                return
            if hook:
                await tx.hooks.mark_heard(hook.key, now)
            if event.type == "workflow-completed" and event.workflow_id:
                await tx.processed_events.insert(f"{ANNOUNCED}{event.workflow_id}", now)
            await self._make_due(tx, event, hook)
            tx.call_on_commit(self._wake)

    async def _make_due(self, tx: Tx, event: WebhookEvent, hook: Hook | None) -> None:
        now = self._clock.now()
        if event.pipeline_id and (followed_in := await tx.pipelines.make_due(event.pipeline_id, now)):
            await tx.polled_projects.make_due(followed_in, now)
        elif project := await _find_project(tx, event, hook):
            await tx.polled_projects.force_relist(project, now)


async def _find_project(tx: Tx, event: WebhookEvent, hook: Hook | None) -> ProjectSlug | None:
    """By its id where we know it, since slugs have two spellings; a ping is about none."""
    if not event.project_id and not event.project:
        return None
    known = hook or (await tx.hooks.find_by_project_id(event.project_id) if event.project_id else None)
    return known.project if known else event.project
