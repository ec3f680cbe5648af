"""Replays: the pipelines of a project since a moment are listed once, then read and told, the oldest first.

A part at a time, as the token's budget allows; leases and rows are as in the poller, so that a process that dies leaves
the rest to the next, and several share the projects. Asked for by `circlebot outbox replay`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

import structlog

from bot.circleci.client import CircleCI
from bot.circleci.fetch_snapshot import fetch_snapshot
from bot.circleci.models import Pipeline
from bot.clock import Clock
from bot.domain import Outcome, ProjectSlug
from bot.errors import BotError, RateLimited, TargetError
from bot.language.said import keep
from bot.notify.poll.discovery import MOST_PAGES
from bot.notify.poll.explain import Explainer
from bot.notify.poll.leased_worker import LeasedWorker
from bot.notify.poll.tokens import PollTokens
from bot.notify.readings import Explanations, Reading
from bot.store.replays import Replay
from bot.store.store import Store
from bot.workers.loop import BackgroundTasks

log = structlog.get_logger(__name__)

_AT_ONCE = 2
_PART = 20
"""Pipelines that are read before others have their turn."""

_RETRIED_AFTER = timedelta(seconds=30)
_BEGAN_BEFORE = timedelta(days=1)
"""A pipeline that began so long before may have ended since: a hold that waited, a rerun."""


class OutcomeReplay(Protocol):
    """What it asks of publishing (publish/replaying.py)."""

    async def plan(self, reading: Reading, replay: Replay) -> list[Outcome]:
        """The outcomes that are worth explaining: a rule may want them. Writes nothing."""
        ...

    async def commit(self, reading: Reading, explanations: Explanations, replay: Replay) -> int:
        """Write everything in one transaction; how many messages will be told."""
        ...

    async def count(self, reading: Reading, explanations: Explanations, replay: Replay) -> int:
        """How many messages would be told; nothing is kept."""
        ...


class ReplayReader:
    """Reads what was, with tokens of the workspace whose rules want it. Raises BotError."""

    def __init__(self, *, store: Store, tokens: PollTokens, explainer: Explainer, clock: Clock) -> None:
        self._store = store
        self._tokens = tokens
        self._explainer = explainer
        self._clock = clock

    async def list_pipelines(self, replay: Replay) -> list[Pipeline]:
        """Those that may have an outcome since then."""
        until = replay.since - _BEGAN_BEFORE

        async def fetch(circleci: CircleCI) -> list[Pipeline]:
            found: list[Pipeline] = []
            async for pipeline in circleci.list_pipelines(replay.project, pages=MOST_PAGES):
                if pipeline.created_at and pipeline.created_at < until:
                    break
                found.append(pipeline)
            return found

        return await self._tokens.fetch_for_workspace(replay.workspace, replay.project, fetch)

    async def fetch_default_branch(self, replay: Replay) -> str | None:
        project = await self._tokens.fetch_for_workspace(
            replay.workspace, replay.project, lambda circleci: circleci.fetch_project(replay.project)
        )
        return project.default_branch

    async def fetch_reading(self, replay: Replay, pipeline_id: str, default_branch: str | None) -> Reading:
        """As it is now. One that still moves is left to the poller from then on."""
        async with self._store.begin_read() as tx:
            known = await tx.pipelines.find(pipeline_id)
        before = known.snapshot if known else None
        snapshot = await self._tokens.fetch_for_workspace(
            replay.workspace, replay.project, lambda circleci: fetch_snapshot(circleci, pipeline_id, before)
        )
        now = self._clock.now()
        over = snapshot.has_ended(now)
        return Reading(
            replay.project,
            snapshot,
            ((known and known.finished_at) or now) if over else None,
            None if over else now,
            known.next_look_at if known else now,
            read_at=now,
            default_branch=default_branch,
        )

    async def explain(self, outcomes: Sequence[Outcome], reading: Reading) -> Explanations:
        return {one.key: await self._explainer.explain(one, reading.snapshot) for one in outcomes}

    def get_part(self, project: ProjectSlug) -> tuple[int, timedelta]:
        """How many pipelines may be read at once, and how long to pause afterwards, as the token's budget allows."""
        quota = self._tokens.find_quota(project)
        part = min(_PART, quota.pipelines) if quota else _PART
        return part, max(timedelta(seconds=0), quota.get_wait(part)) if quota else timedelta()


class Replayer:
    def __init__(
        self,
        *,
        store: Store,
        reader: ReplayReader,
        publisher: OutcomeReplay,
        clock: Clock,
        holder: str,
        tasks: BackgroundTasks,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._reader = reader
        self._publisher = publisher
        self._clock = clock
        self._holder = holder
        self._worker = LeasedWorker(
            store=store,
            repository=lambda tx: tx.replays,
            key=lambda replay: replay.key,
            work=self._go_on,
            at_once=_AT_ONCE,
            sleep_at_most_s=1.0,
            holder=holder,
            clock=clock,
            tasks=tasks,
            wake=wake,
        )

    async def tick(self) -> float:
        """Begin with every replay that is due. Returns how many seconds the loop may sleep."""
        return await self._worker.tick()

    async def _go_on(self, replay: Replay) -> None:
        """A project that cannot be read waits a while."""
        try:
            await self._take_step(replay)
        except BotError as error:
            log.warning("replay.waits", project=str(replay.project), **error.list_log_fields())
            rest = max(_RETRIED_AFTER, timedelta(seconds=error.retry_after_s if isinstance(error, RateLimited) else 0))
            async with self._store.begin() as tx:
                until = self._clock.now() + rest
                await tx.replays.settle(replay, self._holder, until, error=keep(error.message))

    async def _take_step(self, replay: Replay) -> None:
        if replay.done_at:
            async with self._store.begin() as tx:
                await tx.replays.forget(replay)
        elif replay.listed_at is None:
            found = await self._reader.list_pipelines(replay)
            async with self._store.begin() as tx:
                ids = [(one.id, one.number) for one in found]
                await tx.replays.mark_listed(replay, ids, self._holder, now=self._clock.now())
        else:
            await self._read_part(replay)

    async def _read_part(self, replay: Replay) -> None:
        most, rest = self._reader.get_part(replay.project)
        async with self._store.begin_read() as tx:
            unread = await tx.replays.list_unread(replay, most)
        default_branch = await self._reader.fetch_default_branch(replay) if unread else None
        for pipeline_id in unread:
            await self._tell(replay, pipeline_id, default_branch)
        now = self._clock.now()
        async with self._store.begin() as tx:
            if unread:
                await tx.replays.settle(replay, self._holder, now + rest)
            else:
                await tx.replays.mark_done(replay, self._holder, now)
                log.info("replay.done", project=str(replay.project), workspace=replay.workspace, read=replay.read)

    async def _tell(self, replay: Replay, pipeline_id: str, default_branch: str | None) -> None:
        """One that was deleted has nothing to tell."""
        try:
            reading = await self._reader.fetch_reading(replay, pipeline_id, default_branch)
            wanted = await self._publisher.plan(reading, replay)
            await self._publisher.commit(reading, await self._reader.explain(wanted, reading), replay)
        except TargetError as error:
            log.info("replay.gone", pipeline=pipeline_id, **error.list_log_fields())
        async with self._store.begin() as tx:
            await tx.replays.mark_read(replay, pipeline_id)
