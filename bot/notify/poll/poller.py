"""The poller finds new pipelines of projects with rules, and re-reads pipelines that may still move.

It is the primary source (CircleCI sends nothing for what starts or waits for approval); webhooks only make it look at
once. One poll per project whatever the number of rules; replicas share the projects by lease.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.circleci.fetch_snapshot import fetch_snapshot
from bot.circleci.snapshot import Snapshot
from bot.clock import Clock
from bot.errors import BotError, RateLimited, TargetError
from bot.notify.poll import discovery, poll_intervals
from bot.notify.poll.explain import Explainer
from bot.notify.poll.poll_schedule import PollResult, PollScheduler
from bot.notify.poll.tokens import PollTokens
from bot.notify.poll.visibility import Visibility
from bot.notify.readings import Reading, ReadingPublisher, read_each
from bot.notify.withholding import LOST_AFTER
from bot.rules.hold_resolution import EXPIRED, LOST, is_expired
from bot.store.pipelines import FollowedPipeline
from bot.store.polled_projects import PolledProject
from bot.store.store import Store, Tx
from bot.workers.lease import LEASE_S, keepalive
from bot.workers.loop import BackgroundTasks

log = structlog.get_logger(__name__)

_AT_ONCE = 8
_READ_AT_ONCE = 50
_LEARNED_FOR = timedelta(days=1)
"""How long we believe which branch is a project's default one."""


class Poller:
    """`tick` is one round; `interval_s` is how often something that runs is looked at; `chance` makes the jitter.

    `wake` asks for another tick: a project that has been read may be due again, and others may have waited for it.
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
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._publisher = publisher
        self._explainer = explainer
        self._visibility = visibility
        self._clock = clock
        self._interval_s = interval_s
        self._holder = holder
        self._tasks = tasks
        self._chance = chance
        self._scheduler = PollScheduler(tokens=tokens, interval_s=interval_s, chance=chance)
        self._wake = wake
        self._under_way = 0

    async def tick(self) -> float:
        """Begin to poll every project that is due: a slow one holds nobody up. Answers how long the loop may sleep."""
        free = _AT_ONCE - self._under_way
        if free <= 0:
            return 1.0
        async with self._store.begin_read() as tx:
            next_at = await tx.polled_projects.find_next_due_at(self._clock.now())
        sleep_s = self._get_sleep_s(next_at)
        if not sleep_s:
            async with self._store.begin() as tx:
                due = await tx.polled_projects.claim(self._clock.now(), LEASE_S, self._holder, free)
            for watch in due:
                self._under_way += 1
                self._tasks.start(self._poll_safely(watch))
        return sleep_s

    def _get_sleep_s(self, next_at: datetime | None) -> float:
        """Until the next project is due; a second at most, since other processes may hurry one."""
        most_s = min(1.0, self._interval_s)
        if next_at is None:
            return most_s
        return min(max((next_at - self._clock.now()).total_seconds(), 0.0), most_s)

    async def _poll_safely(self, watch: PolledProject) -> None:
        """A project that fails unexpectedly is tried again when its lease runs out; the others go on."""
        try:
            async with keepalive(partial(self._renew_lease, watch)):
                await self._poll_or_wait(watch)
        except Exception:
            log.exception("poll.failed", project=str(watch.project))
        finally:
            self._under_way -= 1
            self._wake()

    async def _poll_or_wait(self, watch: PolledProject) -> None:
        """A project that cannot be read waits a while."""
        try:
            polled = await self._poll(watch)
        except BotError as error:
            if isinstance(error, TargetError):
                await self._abandon_hidden(watch)
            await self._settle_failed(watch, error)
        else:
            await self._settle(watch, polled)

    async def _abandon_hidden(self, watch: PolledProject) -> None:
        """What nobody's token has shown us for long is followed no longer, and told so wherever it has buttons."""
        now = self._clock.now()
        async with self._store.begin_read() as tx:
            lost = await tx.pipelines.list_overdue(watch.project, now - LOST_AFTER)
        for one in lost:
            before = Snapshot.model_validate_json(one.snapshot)
            await self._publisher.commit(
                Reading(one.project, before, now, None, one.next_look_at, read_at=now, abandoned_as=LOST), {}
            )

    async def _renew_lease(self, watch: PolledProject) -> None:
        now = self._clock.now()
        async with self._store.begin() as tx:
            await tx.polled_projects.renew(watch.project, self._holder, now + timedelta(seconds=LEASE_S))

    async def _poll(self, watch: PolledProject) -> PollResult:
        """List it, unless the organisation's listing shows its news, and read what is due."""
        began_at = self._clock.now()
        async with self._store.begin_read() as tx:
            heard = await tx.subscriptions.has_rules_for(watch.project)
            told = await tx.hooks.has_trusted(watch.project)
        default_branch = await self._refresh_default_branch(watch) if heard else watch.default_branch
        cursor = await self._discover(watch) if heard and watch.needs_own_listing else None
        share = self._tokens.find_quota(watch.project)
        most = min(_READ_AT_ONCE, share.pipelines) if share else _READ_AT_ONCE
        async with self._store.begin_read() as tx:
            due = await tx.pipelines.list_due(
                watch.project, self._clock.now() + poll_intervals.get_early_margin(self._interval_s), limit=most
            )
            shown = await tx.cards.list_pipelines_with_card([followed.id for followed in due]) if due else set()
        read = await self._read_and_publish(
            watch, due, partial(self._read_pipeline, default_branch=default_branch, told=told, shown=shown)
        )
        return PollResult(began_at, cursor, read, told)

    async def _read_and_publish(
        self, watch: PolledProject, due: list[FollowedPipeline], read: Callable[[FollowedPipeline], Awaitable[Reading]]
    ) -> int:
        """Read first, then publish the older pipelines first: what an end means depends on those before it.

        What could be read is published also when something else could not. Answers how many were read.
        """
        readings, failure = await read_each(due, read)
        if failure is None or isinstance(failure, TargetError):
            older, failed = await read_each(await self._list_older_unfinished(watch, readings), read)
            readings, failure = [*readings, *older], failure or failed
        for reading in sorted(readings, key=lambda one: one.snapshot.pipeline.number):
            await self._publish(reading)
        if failure:
            raise failure
        return len(readings)

    async def _list_older_unfinished(self, watch: PolledProject, readings: Sequence[Reading]) -> list[FollowedPipeline]:
        """Older pipelines of a branch on which something ended: they may have ended before it, and not be due yet."""
        ended = [
            one.snapshot.pipeline for one in readings if any(run.workflow.has_ended for run in one.snapshot.workflows)
        ]
        newest = {pipeline.branch: pipeline.number for pipeline in sorted(ended, key=lambda one: one.number)}
        if not newest:
            return []
        read = {one.snapshot.pipeline.id for one in readings}
        async with self._store.begin_read() as tx:
            moving = await tx.pipelines.list_unfinished(watch.project)
        return [one for one in moving if one.id not in read and one.number < newest.get(one.branch, 0)]

    async def _refresh_default_branch(self, watch: PolledProject) -> str | None:
        """The project's default branch, asked for once a day."""
        now = self._clock.now()
        if watch.learned_at and now - watch.learned_at < _LEARNED_FOR:
            return watch.default_branch
        project = await self._tokens.fetch_for_project(
            watch.project, lambda circleci: circleci.fetch_project(watch.project)
        )
        async with self._store.begin() as tx:
            await tx.polled_projects.update_details(
                watch.project, project.default_branch, now, project_id=project.id, called=project.slug
            )
        return project.default_branch

    async def _discover(self, watch: PolledProject) -> int | None:
        """What the project's own listing shows; nothing is written where that is what we know.

        Where it shows what the organisation's should have shown by now, that one is no help.
        """
        now = self._clock.now()
        found = await self._tokens.fetch_for_project(
            watch.project, lambda circleci: discovery.fetch_new_in_project(circleci, watch, now)
        )
        async with self._store.begin_read() as tx:
            known = await discovery.list_known_ids(tx, found.pipelines)
        if len(known) == len(found.pipelines) and not found.has_advanced(watch) and not watch.is_listing_check:
            return found.cursor
        missed = discovery.has_overdue(found.pipelines, known, now)
        async with self._store.begin() as tx:
            await discovery.follow(tx, watch, found, known, now)
            listed_at = now if watch.listed_at and not missed else None
            await tx.polled_projects.update_cursor(watch, found.cursor, found.newest_at, listed_at)
        return found.cursor

    async def _read_pipeline(
        self, followed: FollowedPipeline, default_branch: str | None, *, told: bool, shown: Collection[str]
    ) -> Reading:
        """One pipeline as it stands, closely where a card shows it."""
        before, closely = Snapshot.model_validate_json(followed.snapshot), followed.id in shown
        after = await self._tokens.fetch_for_project(
            followed.project, lambda circleci: fetch_snapshot(circleci, followed.id, before, closely=closely)
        )
        judged = self._build_reading(followed, after, told=told)
        if await self._is_lagging(after):
            judged = replace(judged, next_look_at=judged.read_at + timedelta(seconds=self._interval_s))
        return replace(judged, default_branch=default_branch)

    async def _is_lagging(self, after: Snapshot) -> bool:
        """Whether a workflow still runs here whose end a webhook has told us."""
        running = [run.workflow.id for run in after.workflows if not run.workflow.has_ended]
        async with self._store.begin_read() as tx:
            return await tx.processed_events.has_announced(running)

    async def _publish(self, reading: Reading) -> None:
        """Plan, ask CircleCI why it failed and who may see it, then commit."""
        plan = await self._publisher.plan(reading)
        explanations = {one.key: await self._explainer.explain(one, reading.snapshot) for one in plan.outcomes}
        viewers = await self._visibility.list_viewers(plan.readers, reading.project)
        await self._publisher.commit(reading, explanations, viewers)

    def _build_reading(self, followed: FollowedPipeline, after: Snapshot, *, told: bool) -> Reading:
        now = self._clock.now()
        left = EXPIRED if is_expired(after, now) else None
        finished_at = (followed.finished_at or now) if left or after.has_ended(now) else None
        look_at = poll_intervals.schedule_next_read(after, finished_at, now, self._interval_s, told=told)
        return Reading(
            followed.project, after, finished_at, look_at, followed.next_look_at, read_at=now, abandoned_as=left
        )

    async def _settle(self, watch: PolledProject, polled: PollResult) -> None:
        """Until its next look; one that no rule covers and in which nothing is followed any more is watched no more."""
        now = self._clock.now()
        async with self._store.begin() as tx:
            outlook = await tx.pipelines.load_activity(watch.project, now + poll_intervals.SOON)
            idle_rounds = 0 if outlook.moving and not polled.has_webhook else watch.idle_rounds + 1
            look_at = await self._scheduler.schedule_next_poll(
                tx, watch, polled, idle_rounds, outlook.next_look_at, now
            )
            await tx.polled_projects.settle(watch.project, polled.cursor, look_at, idle_rounds, holder=self._holder)
            await self._note_owner(tx, watch)
            if outlook.next_look_at is None and not await tx.subscriptions.has_rules_for(watch.project):
                await tx.polled_projects.delete(watch.project, holder=self._holder)

    async def _settle_failed(self, watch: PolledProject, error: BotError) -> None:
        if watch.error is None:
            log.warning("project.unreadable", project=str(watch.project), error=error.message)
        wait = poll_intervals.get_failure_wait(self._interval_s)
        if isinstance(error, RateLimited):
            wait = max(wait, timedelta(seconds=error.retry_after_s))
        async with self._store.begin() as tx:
            next_look_at = self._clock.now() + poll_intervals.add_jitter(wait, self._chance())
            await tx.polled_projects.settle(
                watch.project,
                watch.cursor,
                next_look_at,
                watch.idle_rounds,
                error=error.message,
                holder=self._holder,
            )
            await self._note_owner(tx, watch)

    async def _note_owner(self, tx: Tx, watch: PolledProject) -> None:
        """Also where it reads no more for now: its limit is what people ask about then."""
        if (payer := self._tokens.find_owner(watch.project)) and payer != watch.read_by:
            await tx.polled_projects.mark_read_by(watch.project, payer)
