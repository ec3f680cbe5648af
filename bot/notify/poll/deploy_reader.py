"""What the jobs of pipelines deploy: asked for by a loop of its own, where somebody wants it and something ended.

A pipeline whose end may have deployed something is a row (bot/store/deploy_looks.py), written with that end. So
CircleCI's deploys hold up nothing else, whatever they answer or do not: the row is put off, and asked about later. One
request tells of all pipelines of a project that wait for it; a project that never deployed anything costs none
(bot/notify/poll/deploy_signs.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from weakref import WeakValueDictionary

import structlog

from bot.circleci.models import Project, Release
from bot.circleci.pipeline_releases import PipelineRelease, pick_releases
from bot.circleci.snapshot import Snapshot
from bot.clock import Clock
from bot.domain import ProjectSlug
from bot.domain.project_feeds import PolledProject
from bot.errors import BotError
from bot.expiring_cache import ExpiringCache
from bot.notify.poll import poll_intervals
from bot.notify.poll.deploy_hints import find_hint
from bot.notify.poll.deploy_names import DeployNames, fetch_names, list_ahead
from bot.notify.poll.deploy_signs import DeploySigns, NothingDeployed, record_trouble
from bot.notify.poll.leased_worker import LeasedWorker
from bot.notify.poll.tokens import PollTokens
from bot.notify.poll.visibility import Visibility
from bot.notify.readings import Reading, ReadingPublisher
from bot.store.deploy_looks import DeployLook
from bot.store.pipelines import FollowedPipeline
from bot.store.store import Store
from bot.workers.loop import BackgroundTasks

log = structlog.get_logger(__name__)

_MEND = "report it with the traceback"

PATIENCE_S = 3.0
_AT_ONCE = 2
_IDLE_S = 15.0
"""Who writes a row in this process wakes the loop: only what another one wrote waits so long."""

_PAGES = 4
"""How far back it is looked for what was under way; everything else is on the first page."""

_MOST_PROJECTS, _MOST_NAMED = 500, 2_000
_ANSWER_FOR, _NAMES_FOR = timedelta(hours=1), timedelta(days=1)
_NAMES_APART = timedelta(minutes=10)
_NONE_FOR, _NONE_AT_MOST = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a project tried lately, as asked for at `asked_at`; None where CircleCI does not tell.

    It stands until `good_until` for whatever ends: the `nones`th time in a row that nothing was ever deployed, or that
    CircleCI does not tell.
    """

    asked_at: datetime
    good_until: datetime
    releases: Sequence[Release] | None
    is_cut: bool = False
    pages: int = 1
    nones: int = 0

    def serves(self, look: DeployLook, now: datetime) -> bool:
        return self.asked_at >= look.next_look_at or now < self.good_until


class DeployReader:
    """`patience_s` is how long an answer is waited for, in real time."""

    def __init__(
        self,
        *,
        store: Store,
        tokens: PollTokens,
        publisher: ReadingPublisher,
        visibility: Visibility,
        clock: Clock,
        holder: str,
        tasks: BackgroundTasks,
        wake: Callable[[], None] = lambda: None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._publisher = publisher
        self._visibility = visibility
        self._clock = clock
        self._holder = holder
        self._patience_s = patience_s
        self._signs = DeploySigns(store=store, tokens=tokens, clock=clock, patience_s=patience_s)
        self._answers: ExpiringCache[ProjectSlug, _Answer] = ExpiringCache(_MOST_PROJECTS, clock.now)
        self._names: ExpiringCache[ProjectSlug, DeployNames] = ExpiringCache(_MOST_NAMED, clock.now)
        self._turns: WeakValueDictionary[ProjectSlug, asyncio.Lock] = WeakValueDictionary()
        self._worker = LeasedWorker(
            store=store,
            repository=lambda tx: tx.deploy_looks,
            key=lambda look: look.pipeline_id,
            work=self._look,
            at_once=_AT_ONCE,
            sleep_at_most_s=_IDLE_S,
            holder=holder,
            clock=clock,
            tasks=tasks,
            wake=wake,
        )

    async def tick(self) -> float:
        """Begin to ask about what is due. Returns how many seconds the loop may sleep."""
        return await self._worker.tick()

    async def _look(self, look: DeployLook) -> datetime | None:
        """What fails for a bug is tried again a few times, and given up."""
        has_failed = False
        try:
            again_at = await self._find_out(look)
        except Exception:
            has_failed, again_at = True, poll_intervals.schedule_after_bug(look.failures, self._clock.now())
            log.exception("deploys.failed", pipeline=look.pipeline_id, mend=_MEND)
            if again_at is None:
                log.error("deploys.given_up", project=str(look.project), pipeline=look.pipeline_id, mend=_MEND)  # noqa: TRY400 - its traceback was logged
        async with self._store.begin() as tx:
            await tx.deploy_looks.settle(look, again_at, self._holder, has_failed=has_failed)
        return again_at

    async def _find_out(self, look: DeployLook) -> datetime | None:
        """When to ask again; None when there is nothing more to find out."""
        async with self._store.begin_read() as tx:
            polled = (await tx.polled_projects.list_for_projects([look.project])).get(look.project)
            followed = await tx.pipelines.find(look.pipeline_id)
            if not (polled and followed):
                return None
            starter = followed.snapshot.pipeline.actor_login
            wanted = followed.snapshot.releases or await tx.deploy_looks.is_wanted(look.project, starter=starter)
        if wanted:
            return await self._read_and_publish(look, polled, followed)
        return await self._read_ahead(look, polled, followed)

    async def _read_ahead(self, look: DeployLook, polled: PolledProject, followed: FollowedPipeline) -> datetime | None:
        """What its holds let through, where nobody hears of deploys: no more of them is kept."""
        snapshot = followed.snapshot
        if not snapshot.deploying_hold_ids or await self._signs.find_nothing(look.project, seldom=True):
            return None
        answer = await self._ask(look, polled, ())
        names = await self._name(polled, snapshot, answer.releases or ())
        if not answer.releases or names is None:
            return None
        found = pick_releases(snapshot.pipeline, answer.releases, names.by_id, before=(), is_cut=answer.is_cut)
        ahead = list_ahead(snapshot, found, answer.releases, names)
        if ahead != snapshot.ahead:
            await self._publish(polled, followed, snapshot.model_copy(update={"ahead": ahead}))
        return poll_intervals.schedule_held_deploy(look.since, self._clock.now())

    async def _read_and_publish(
        self, look: DeployLook, polled: PolledProject, followed: FollowedPipeline
    ) -> datetime | None:
        """Publish what is new of it."""
        snapshot = followed.snapshot
        before = snapshot.releases
        if not before and not _may_release(followed):
            nothing = await self._signs.find_nothing(look.project, find_hint(snapshot))
            if nothing:
                return self._wait_for_first(look, nothing)
        answer = await self._ask(look, polled, before)
        names = await self._name(polled, snapshot, answer.releases or ())
        now = self._clock.now()
        if answer.releases is None or names is None:
            return poll_intervals.schedule_deploy_retry(look.since, now)
        if not answer.releases and not before:
            return self._wait_for_first(look, NothingDeployed(answer.asked_at, answer.good_until))
        found = pick_releases(snapshot.pipeline, answer.releases, names.by_id, before=before, is_cut=answer.is_cut)
        ahead = list_ahead(snapshot, found, answer.releases, names)
        shown = {one.id for one in answer.releases}
        moving = [one for one in found if one.is_moving and one.id in shown]
        held = bool(moving) and followed.snapshot.is_blocked_on_approval and all(one.is_planned for one in moving)
        if found != before and not moving:
            again_at = None
        elif held:
            again_at = poll_intervals.schedule_held_deploy(look.since, now)
        else:
            again_at = poll_intervals.schedule_deploy_look(look.since, now, moving=bool(moving))
        if again_at is None and not held:
            found = tuple(one.model_copy(update={"state": "unknown"}) if one.is_moving else one for one in found)
        if found != before or ahead != snapshot.ahead:
            read = snapshot.model_copy(update={"releases": tuple(found), "ahead": ahead})
            await self._publish(polled, followed, read)
        return again_at

    def _wait_for_first(self, look: DeployLook, nothing: NothingDeployed) -> datetime | None:
        return poll_intervals.schedule_after_none(
            look.since, self._clock.now(), asked_at=nothing.asked_at, again_at=nothing.again_at
        )

    async def _publish(self, polled: PolledProject, followed: FollowedPipeline, read: Snapshot) -> None:
        reading = Reading(
            followed.project,
            read,
            followed.finished_at,
            followed.next_look_at,
            followed.next_look_at,
            read_at=self._clock.now(),
            default_branch=polled.default_branch,
            before=followed,
            of_deploys=True,
        )
        plan = await self._publisher.plan(reading)
        viewers = await self._visibility.list_viewers(plan.readers, reading.project)
        await self._publisher.commit(reading, {}, viewers, known=plan.known.kinds)

    async def _ask(self, look: DeployLook, polled: PolledProject, before: Sequence[PipelineRelease]) -> _Answer:
        """As many pages as what was under way may need."""
        turn = self._turns.setdefault(look.project, asyncio.Lock())
        async with turn:
            answer = self._answers.get(look.project)
            if answer is None or not answer.serves(look, self._clock.now()):
                answer = await self._fetch(polled, pages=1, last=answer)
            if answer.is_cut and answer.pages < _PAGES and _list_missing(before, answer.releases or ()):
                answer = await self._fetch(polled, pages=_PAGES, last=answer)
            return self._answers.set(look.project, answer, _ANSWER_FOR)

    async def _fetch(self, polled: PolledProject, *, pages: int, last: _Answer | None) -> _Answer:
        """All that was tried lately; whatever goes wrong is none of anybody's concern."""
        asked_at, project = self._clock.now(), _get_project(polled)
        if project is None:
            return _Answer(asked_at, asked_at, None)
        try:
            async with asyncio.timeout(self._patience_s):
                found = await self._tokens.fetch_aside(
                    polled.project, lambda circleci: circleci.fetch_releases(project, pages=pages)
                )
        except (BotError, TimeoutError) as error:
            return _Answer(asked_at, self._clock.now() + record_trouble(polled.project, error), None)
        if found:
            return _Answer(asked_at, asked_at, found, is_cut=found.is_cut, pages=pages)
        nones = last.nones if last else 0
        none_for = min(_NONE_FOR * 2**nones, _NONE_AT_MOST)
        return _Answer(asked_at, asked_at + none_for, (), nones=min(nones + 1, 10))

    async def _name(self, polled: PolledProject, snapshot: Snapshot, tried: Sequence[Release]) -> DeployNames | None:
        """Names of what the pipeline deploys where, or its holds might; None while CircleCI is in trouble."""
        ours = {each for one in tried if one.pipeline_id == snapshot.pipeline.id for each in _list_ids(one)}
        ids = {each for one in tried for each in _list_ids(one)}
        held = ids if snapshot.pending_holds else set()
        known, now = self._names.get(polled.project), self._clock.now()
        if known:
            is_new = now - known.learned_at < _NAMES_APART
            is_enough = ours <= known.by_id.keys() and (is_new or held <= known.by_id.keys())
            if is_enough or (is_new and known.leaves_out):
                return known
        project = _get_project(polled)
        if not ours | held or project is None:
            return DeployNames(now, {})
        try:
            async with asyncio.timeout(self._patience_s):
                told = await self._tokens.fetch_aside(
                    polled.project, partial(fetch_names, project=project, ids=ids, now=now)
                )
        except (BotError, TimeoutError) as error:
            record_trouble(polled.project, error)
            return None
        return self._names.set(polled.project, told, _NAMES_FOR)


def _get_project(polled: PolledProject) -> Project | None:
    """None where nobody has told of which organisation it is, as on a Server."""
    if not polled.organization_id:
        return None
    return Project(slug=str(polled.project), id=polled.project_id or "", organization_id=polled.organization_id)


def _list_ids(release: Release) -> list[str]:
    return [each for each in (release.component_id, release.environment_id) if each]


def _list_missing(before: Iterable[PipelineRelease], tried: Iterable[Release]) -> set[str]:
    return {one.id for one in before if one.is_moving} - {one.id for one in tried}


def _may_release(followed: FollowedPipeline) -> bool:
    """A job of the type `release` does nothing else."""
    return any(job.type == "release" for run in followed.snapshot.workflows for job in run.jobs or ())
