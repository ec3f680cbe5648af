"""One listing of an organisation finds what is new in all of its projects that the token's owner follows.

CircleCI does not say which projects those are (docs: GET /pipeline), so we go by what a listing shows. A project counts
as listed once a listing has shown it; then it is listed on its own once more, for what lies between. From there on the
listing brings what is new. Even so, one project a round is listed on its own: if that finds something first, the owner
of the token no longer follows the project.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import structlog

from bot.circleci.models import Pipeline
from bot.clock import Clock
from bot.domain import ProjectSlug
from bot.domain.project_feeds import PolledProject
from bot.errors import BotError, RateLimited, TargetError
from bot.language.said import keep
from bot.notify.poll import discovery, poll_intervals
from bot.notify.poll.leased_worker import LeasedWorker
from bot.notify.poll.poll_schedule import PollScheduler, name_failure
from bot.notify.poll.tokens import PollTokens
from bot.store.org_polls import OrgPoll
from bot.store.store import Store, Tx
from bot.workers.loop import BackgroundTasks

log = structlog.get_logger(__name__)

_AT_ONCE = 4
_SEVERAL = 2
"""With fewer projects an organisation's listing saves nothing."""

_SURVEYED_EVERY = 3
"""Intervals of the poller."""

_SOUGHT_EVERY = timedelta(hours=1)
_CHECKED_EVERY = timedelta(minutes=10)
_CHECKED_APART = timedelta(minutes=1)
"""Of one organisation: so long between two such looks."""

_APART_S = 0.1
"""Between the first looks at projects that a listing showed something new of: a webhook in between is read at once."""

_LOOKED_AT_WITHIN = 0.4
"""Of the poller's interval; they are less far apart where they are many."""

_VOUCHED_EVERY = timedelta(minutes=1)
"""How often it is written down that a listing still shows a project in which nothing is new."""


class OrgPoller:
    """`tick` is one round; `wake` wakes the poller, which reads what was found. `count` counts by what a look found."""

    def __init__(
        self,
        *,
        store: Store,
        tokens: PollTokens,
        clock: Clock,
        interval_s: float,
        holder: str,
        tasks: BackgroundTasks,
        wake: Callable[[], None],
        chance: Callable[[], float] = random.random,
        count: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._clock = clock
        self._interval_s = interval_s
        self._wake = wake
        self._count = count
        self._survey_at: datetime | None = None
        self._scheduler = PollScheduler(tokens=tokens, interval_s=interval_s, chance=chance)
        self._worker = LeasedWorker(
            store=store,
            repository=lambda tx: tx.org_polls,
            key=lambda listing: listing.org,
            work=self._list_or_wait,
            at_once=_AT_ONCE,
            sleep_at_most_s=min(1.0, interval_s),
            holder=holder,
            clock=clock,
            tasks=tasks,
        )
        self._listed_by: Counter[str | None] = Counter()
        self._checked_at: dict[str, datetime] = {}

    async def tick(self) -> float:
        """Begin to list every organisation that is due. Answers how long the loop may sleep, in seconds."""
        now = self._clock.now()
        if self._survey_at is None or now >= self._survey_at:
            await self._survey(now)
            self._survey_at = now + timedelta(seconds=_SURVEYED_EVERY * self._interval_s)
        return await self._worker.tick()

    async def _survey(self, now: datetime) -> None:
        """Organisations with several projects are listed, the others are not."""
        async with self._store.begin_read() as tx:
            projects = Counter(project.org_slug for project in await tx.polled_projects.list_projects())
            listings = await tx.org_polls.list_all()
        self._listed_by = Counter(listing.reader for listing in listings)
        listed = {listing.org for listing in listings}
        several = {org for org, count in projects.items() if count >= _SEVERAL}
        if several != listed:
            async with self._store.begin() as tx:
                await _list_only(tx, several, listed, now)

    async def _list_or_wait(self, listing: OrgPoll) -> None:
        try:
            found_new = await self._list(listing)
        except BotError as error:
            self._count(name_failure(error))
            await self._settle_failed(listing, error)
        else:
            self._count("changed" if found_new else "unchanged")
            await self._settle(listing, found_new=found_new)

    async def _list(self, listing: OrgPoll) -> bool:
        """List it and take what is there. True when something moves: then it is soon to be listed again."""
        now = self._clock.now()
        async with self._store.begin_read() as tx:
            projects = await tx.polled_projects.list_projects(listing.org)
            unlisted = await tx.polled_projects.list_unlisted(listing.org)
        sought = _list_missing(listing, unlisted, now)
        reader, found = await self._tokens.fetch_for_org(
            listing.org,
            projects,
            lambda circleci: discovery.fetch_new_in_org(circleci, listing, sought, now),
        )
        async with self._store.begin(lasting=False) as tx:
            if listing.reader not in {None, reader}:
                await _switch_token(tx, listing, reader, now)
                return True
            fresh = await self._follow_new(tx, found, now)
            missing = sought - {pipeline.project_slug for pipeline in found}
            sought_at = now if missing else listing.sought_at
            newest_at = discovery.find_newest_at(found, listing.newest_at)
            if (reader, newest_at, sought_at) != (listing.reader, listing.newest_at, listing.sought_at):
                await tx.org_polls.mark_listed(listing.org, reader, newest_at, sought_at=sought_at)
            await self._check_one(tx, listing.org, now)
        if fresh:
            self._wake()
        return bool(fresh)

    async def _follow_new(self, tx: Tx, found: Collection[Pipeline], now: datetime) -> list[ProjectSlug]:
        """The projects that something new was found in. They are looked at one after the other."""
        fresh = await _follow_all(tx, found, now)
        apart_s = min(_APART_S, self._interval_s * _LOOKED_AT_WITHIN / max(len(fresh), 1))
        for number, project in enumerate(fresh):
            await tx.polled_projects.make_due(project, now + timedelta(seconds=number * apart_s))
        return fresh

    async def _check_one(self, tx: Tx, org: str, now: datetime) -> None:
        """Now and then, have the project whose listing was confirmed longest ago listed on its own once."""
        if now - self._checked_at.get(org, datetime.min.replace(tzinfo=now.tzinfo)) < _CHECKED_APART:
            return
        oldest = await tx.polled_projects.find_listed_longest_ago(org)
        if oldest and oldest.listed_at and now - oldest.listed_at > _CHECKED_EVERY:
            await tx.polled_projects.force_relist(oldest.project, now)
            self._checked_at[org] = now

    async def _settle(self, listing: OrgPoll, *, found_new: bool) -> None:
        now = self._clock.now()
        async with self._store.begin(lasting=False) as tx:
            moving = found_new or await tx.pipelines.has_moving(listing.org, now + poll_intervals.SOON)
            idle_rounds = 0 if moving else listing.idle_rounds + 1
            next_at = self._scheduler.schedule_next_org_poll(listing, idle_rounds, self._listed_by[listing.reader], now)
            await tx.org_polls.settle(listing.org, next_at, idle_rounds)

    async def _settle_failed(self, listing: OrgPoll, error: BotError) -> None:
        """A rate limit is waited for. After two other failures each project is listed on its own meanwhile."""
        now = self._clock.now()
        if listing.error is None:
            log.warning("organisation.unreadable", org=listing.org, **error.list_log_fields())
        async with self._store.begin(lasting=False) as tx:
            if isinstance(error, TargetError) or (listing.error and not isinstance(error, RateLimited)):
                await tx.polled_projects.unlist_org(listing.org, now)
            retry_at = self._scheduler.schedule_retry(error, now)
            await tx.org_polls.settle(listing.org, retry_at, listing.idle_rounds, error=keep(error.message))


async def _list_only(tx: Tx, several: Collection[str], listed: Collection[str], now: datetime) -> None:
    """These organisations have `several` projects; in the others each project is listed on its own."""
    for org in set(several) - set(listed):
        await tx.org_polls.insert(org, now)
    for org in set(listed) - set(several):
        await tx.org_polls.delete(org)
        await tx.polled_projects.unlist_org(org, now)


def _list_missing(listing: OrgPoll, unlisted: Collection[PolledProject], now: datetime) -> set[str]:
    """Projects that the listing has not shown yet, though they have built something.

    They are looked for once each was listed on its own; after a vain search not soon again.
    """
    waiting = any(polled.cursor is None and polled.error is None for polled in unlisted)
    if waiting or (listing.sought_at and now - listing.sought_at < _SOUGHT_EVERY):
        return set()
    return {str(polled.project) for polled in unlisted if polled.cursor}


async def _switch_token(tx: Tx, listing: OrgPoll, reader: str, now: datetime) -> None:
    """Somebody else's token lists it now, and they may follow other projects."""
    await tx.polled_projects.unlist_org(listing.org, now)
    await tx.org_polls.mark_listed(listing.org, reader, None, sought_at=None)


async def _follow_all(tx: Tx, found: Collection[Pipeline], now: datetime) -> list[ProjectSlug]:
    """Follow what is new in projects that are listed, and list the others from now on; those with anything new."""
    by_project: dict[str, list[Pipeline]] = {}
    for pipeline in found:
        by_project.setdefault(pipeline.project_slug, []).append(pipeline)
    polled = await tx.polled_projects.list_for_projects(by_project)
    covered = await tx.coverage.filter_covered(polled)
    known = await discovery.list_known_ids(tx, found)
    return [
        project
        for project in sorted(covered, key=str)
        if polled[project].cursor is not None
        and await _follow_new_in(tx, polled[project], by_project[str(project)], known, now)
    ]


async def _follow_new_in(
    tx: Tx, polled: PolledProject, theirs: list[Pipeline], known: Collection[str], now: datetime
) -> bool:
    if polled.listed_at is None:
        await tx.polled_projects.force_relist(polled.project, now, listed_at=now)
        return True
    if polled.needs_own_listing:
        return False
    new = [one for one in reversed(theirs) if discovery.is_new(polled, one, now)]
    cursor = theirs[0].number if new else polled.cursor
    shown = discovery.DiscoveredPipelines(new, cursor, discovery.find_newest_at(theirs, polled.newest_at))
    fresh = await discovery.follow(tx, polled, shown, known, now)
    if shown.has_advanced(polled) or polled.listed_at < now - _VOUCHED_EVERY:
        await tx.polled_projects.update_cursor(polled, shown.cursor, shown.newest_at, listed_at=now)
    return fresh
