"""The poller finds new pipelines of projects with rules, and re-reads pipelines that may still move.

It is the primary source (CircleCI sends nothing for what starts or waits for approval); webhooks only make it look at
once. One poll per project whatever the number of rules; replicas share the projects by lease.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.circleci.fetch_snapshot import fetch_snapshot
from bot.circleci.snapshot import Snapshot
from bot.clock import Clock
from bot.domain.project_feeds import PolledProject
from bot.errors import BotError, TargetError
from bot.language.said import keep
from bot.messages import FoundBy
from bot.notify.poll import discovery, poll_intervals
from bot.notify.poll.asked_parameters import add_parameters
from bot.notify.poll.explain import Explainer
from bot.notify.poll.leased_worker import LeasedWorker
from bot.notify.poll.poll_schedule import PollResult, PollScheduler, name_failure
from bot.notify.poll.project_details import fetch_details
from bot.notify.poll.tokens import PollTokens
from bot.notify.poll.visibility import Visibility
from bot.notify.readings import PublishPlan, Reading, ReadingPublisher, read_each
from bot.notify.withholding import LOST_AFTER
from bot.rules.hold_resolution import EXPIRED, LOST, is_expired
from bot.store.pipelines import FollowedPipeline
from bot.store.store import Store, Tx
from bot.tracing import record_span
from bot.workers.loop import BackgroundTasks

log = structlog.get_logger(__name__)

_AT_ONCE = 8
_READ_AT_ONCE = 50


class Poller:
    """`interval_s` is how often something that runs is looked at; `chance` (0 to 1) makes the jitter.

    `count` counts looks by what they found.
    """

    def __init__(
        self,
        *,
        store: Store,
        tokens: PollTokens,
        publisher: ReadingPublisher,
        explainer: Explainer,
        visibility: Visibility,
        clock: Clock,
        interval_s: float,
        holder: str,
        tasks: BackgroundTasks,
        chance: Callable[[], float] = random.random,
        wake: Callable[[], None] = lambda: None,
        count: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._publisher = publisher
        self._explainer = explainer
        self._visibility = visibility
        self._clock = clock
        self._interval_s = interval_s
        self._count = count
        self._holder = holder
        self._scheduler = PollScheduler(tokens=tokens, interval_s=interval_s, chance=chance)
        self._worker = LeasedWorker(
            store=store,
            repository=lambda tx: tx.polled_projects,
            key=lambda polled: polled.project,
            work=self._poll_or_wait,
            at_once=_AT_ONCE,
            sleep_at_most_s=min(1.0, interval_s),
            holder=holder,
            clock=clock,
            tasks=tasks,
            wake=wake,
        )

    async def tick(self) -> float:
        """Begin to poll every project that is due. Returns how many seconds the loop may sleep."""
        return await self._worker.tick()

    async def _poll_or_wait(self, polled: PolledProject) -> datetime | None:
        """A project that cannot be read waits a while. Returns when it is looked at next, as far as that is known."""
        try:
            result = await self._poll(polled)
        except BotError as error:
            self._count(name_failure(error))
            if isinstance(error, TargetError):
                await self._abandon_hidden(polled)
            return await self._settle_failed(polled, error)
        self._count("changed" if result.changed else "unchanged")
        return await self._settle(polled, result)

    async def _abandon_hidden(self, polled: PolledProject) -> None:
        """Stop following what no token has shown for a week, and say so wherever it has buttons."""
        now = self._clock.now()
        async with self._store.begin_read() as tx:
            lost = await tx.pipelines.list_overdue(polled.project, now - LOST_AFTER)
        for one in lost:
            before = one.snapshot
            await self._publisher.commit(
                Reading(one.project, before, now, None, one.next_look_at, read_at=now, abandoned_as=LOST), {}
            )

    async def _poll(self, polled: PolledProject) -> PollResult:
        """List it, unless the organisation's listing shows its news, and read what is due."""
        began_at = self._clock.now()
        if polled.has_rules:
            polled = await fetch_details(self._store, self._tokens, polled, began_at)
        cursor = await self._discover(polled) if polled.has_rules and polled.needs_own_listing else None
        quota = self._tokens.find_quota(polled.project)
        most = min(_READ_AT_ONCE, quota.pipelines) if quota else _READ_AT_ONCE
        async with self._store.begin_read() as tx:
            due = await tx.pipelines.list_due(
                polled.project, self._clock.now() + poll_intervals.get_early_margin(self._interval_s), limit=most
            )
        readings = await self._read_and_publish(
            polled,
            due,
            partial(self._read_pipeline, default_branch=polled.default_branch, has_webhook=polled.has_webhook),
        )
        changed = any(reading.changed for reading in readings)
        return PollResult(began_at, cursor, len(readings), polled.has_webhook, changed)

    async def _read_and_publish(
        self, polled: PolledProject, due: list[FollowedPipeline], read: Callable[[FollowedPipeline], Awaitable[Reading]]
    ) -> list[Reading]:
        """Read first, then publish the older pipelines first: what an end means depends on those before it.

        What could be read is published also when something else could not. Answers what was read.
        """
        readings, failure = await read_each(due, read)
        if failure is None or isinstance(failure, TargetError):
            older, failed = await read_each(await self._list_older_unfinished(polled, readings), read)
            readings, failure = [*readings, *older], failure or failed
        readings = sorted(readings, key=lambda one: one.snapshot.pipeline.number)
        for reading in readings:
            await self._publish(reading)
        if failure:
            raise failure
        return readings

    async def _list_older_unfinished(
        self, polled: PolledProject, readings: Sequence[Reading]
    ) -> list[FollowedPipeline]:
        """Older pipelines of a branch on which something ended: they may have ended before it, and not be due yet."""
        ended = [
            one.snapshot.pipeline
            for one in readings
            if one.changed and any(run.workflow.has_ended for run in one.snapshot.workflows)
        ]
        newest = {pipeline.branch: pipeline.number for pipeline in sorted(ended, key=lambda one: one.number)}
        if not newest:
            return []
        read = {one.snapshot.pipeline.id for one in readings}
        async with self._store.begin_read() as tx:
            moving = await tx.pipelines.list_unfinished([polled.project])
        return [one for one in moving if one.id not in read and one.number < newest.get(one.branch, 0)]

    async def _discover(self, polled: PolledProject) -> int | None:
        """What the project's own listing shows; nothing is written where that is what we know.

        Where it shows what the organisation's should have shown by now, that one is no help.
        """
        now = self._clock.now()
        found = await self._tokens.fetch_for_project(
            polled.project, lambda circleci: discovery.fetch_new_in_project(circleci, polled, now)
        )
        async with self._store.begin_read() as tx:
            known = await discovery.list_known_ids(tx, found.pipelines)
        if len(known) == len(found.pipelines) and not found.has_advanced(polled) and not polled.is_listing_check:
            return found.cursor
        missed = discovery.has_overdue(found.pipelines, known, now)
        async with self._store.begin(lasting=False) as tx:
            await discovery.follow(tx, polled, found, known, now)
            listed_at = now if polled.listed_at and not missed else None
            await tx.polled_projects.update_cursor(polled, found.cursor, found.newest_at, listed_at=listed_at)
        return found.cursor

    async def _read_pipeline(
        self, followed: FollowedPipeline, default_branch: str | None, *, has_webhook: bool
    ) -> Reading:
        """One pipeline as it is now, with its jobs in detail (`closely`) where a card shows it."""
        before = followed.snapshot
        after = await self._tokens.fetch_for_project(
            followed.project, lambda circleci: fetch_snapshot(circleci, followed.id, before, closely=followed.has_card)
        )
        after = await add_parameters(self._store, self._tokens, followed.project, after)
        reading = self._build_reading(followed, after, has_webhook=has_webhook)
        return replace(reading, default_branch=default_branch, changed=after != before)

    def _add_announced(self, reading: Reading, announced: Collection[str]) -> Reading:
        """A workflow whose end a webhook has announced, and which still runs in this answer: that is too old."""
        if any(run.workflow.id in announced and not run.workflow.has_ended for run in reading.snapshot.workflows):
            reading = replace(reading, next_look_at=reading.read_at + timedelta(seconds=self._interval_s))
        return replace(reading, announced=announced)

    async def _publish(self, reading: Reading) -> None:
        """Plan, ask CircleCI why it failed and who may see it, then commit."""
        plan = await self._publisher.plan(reading)
        reading = self._add_announced(reading, plan.known.announced)
        if plan.still:
            await self._postpone(plan.still, reading.next_look_at)
            return
        with _trace_news(reading, plan):
            explanations = {one.key: await self._explainer.explain(one, reading.snapshot) for one in plan.outcomes}
            viewers = await self._visibility.list_viewers(plan.readers, reading.project)
            await self._publisher.commit(reading, explanations, viewers, known=plan.known.kinds)

    async def _postpone(self, still: FollowedPipeline, until: datetime | None) -> None:
        async with self._store.begin(lasting=False) as tx:
            await tx.pipelines.postpone(still, until)

    def _build_reading(self, followed: FollowedPipeline, after: Snapshot, *, has_webhook: bool) -> Reading:
        now = self._clock.now()
        abandoned_as = EXPIRED if is_expired(after, now) else None
        finished_at = (followed.finished_at or now) if abandoned_as or after.has_ended(now) else None
        look_at = poll_intervals.schedule_next_read(after, finished_at, now, self._interval_s, has_webhook=has_webhook)
        return Reading(
            followed.project,
            after,
            finished_at,
            look_at,
            followed.next_look_at,
            read_at=now,
            abandoned_as=abandoned_as,
            before=followed,
        )

    async def _settle(self, polled: PolledProject, result: PollResult) -> datetime | None:
        """Until its next look. A project that no rule covers and in which nothing is followed is no longer polled."""
        now = self._clock.now()
        async with self._store.begin(lasting=False) as tx:
            activity = await tx.pipelines.load_activity(polled.project, now + poll_intervals.SOON)
            idle_rounds = 0 if activity.moving and not result.has_webhook else polled.idle_rounds + 1
            look_at = await self._scheduler.schedule_next_poll(
                tx, polled, result, idle_rounds, activity.next_look_at, now
            )
            again_at = await tx.polled_projects.settle(
                polled.project, result.cursor, look_at, idle_rounds=idle_rounds, holder=self._holder
            )
            await self._note_owner(tx, polled)
            if activity.next_look_at is None and not await tx.coverage.has_rules_for(polled.project):
                await tx.polled_projects.delete(polled.project, holder=self._holder)
        return again_at

    async def _settle_failed(self, polled: PolledProject, error: BotError) -> datetime | None:
        if polled.error is None:
            log.warning("project.unreadable", project=str(polled.project), **error.list_log_fields())
        async with self._store.begin(lasting=False) as tx:
            again_at = await tx.polled_projects.settle(
                polled.project,
                polled.cursor,
                self._scheduler.schedule_retry(error, self._clock.now()),
                idle_rounds=polled.idle_rounds,
                error=keep(error.message),
                holder=self._holder,
            )
            await self._note_owner(tx, polled)
        return again_at

    async def _note_owner(self, tx: Tx, polled: PolledProject) -> None:
        """Also where it could not be read: its token's limit is what people ask about then."""
        if (owner := self._tokens.find_owner(polled.project)) and owner != polled.read_by:
            await tx.polled_projects.mark_read_by(polled.project, owner)


def _trace_news(reading: Reading, plan: PublishPlan) -> AbstractContextManager[object]:
    """A trace that begins when CircleCI says that it happened, so that it shows how long that was not known."""
    if not plan.outcomes:
        return nullcontext()
    told = {
        "circlebot.found_by": FoundBy.WEBHOOK if reading.announced else FoundBy.POLLING,
        "circleci.pipeline": reading.snapshot.pipeline.id,
        "circleci.workflows": " ".join(str(one.workflow_id) for one in plan.outcomes if one.workflow_id),
    }
    return record_span("outcome", told, since=min(one.happened_at for one in plan.outcomes))
