"""What the jobs of pipelines deploy: asked for once a project, where a rule may want it and something may have ended.

It comes last. What ended is published before, with a mark that its deploys are to be read (`releases_due`); then they
are read, and the pipeline is published once more. So CircleCI's deploys hold up nothing else, and what they do not tell
now, or what a process that dies did not come to ask, is asked with the next look at the pipeline.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.circleci.api_request import ItemList
from bot.circleci.client import CircleCI
from bot.circleci.models import Project, Release
from bot.circleci.pipeline_releases import pick_releases
from bot.circleci.snapshot import Snapshot
from bot.clock import Clock
from bot.domain.project_feeds import DeployNames, PolledProject
from bot.errors import BotError, fetch_if_visible
from bot.notify.poll import poll_intervals
from bot.notify.poll.tokens import PollTokens
from bot.notify.readings import Reading
from bot.rules.dm_topics import DEPLOYS
from bot.store.store import Store

_PATIENCE_S = 20.0


class DeployReader:
    def __init__(self, *, store: Store, tokens: PollTokens, clock: Clock) -> None:
        self._store = store
        self._tokens = tokens
        self._clock = clock

    async def mark_due(self, polled: PolledProject, readings: Sequence[Reading]) -> list[Reading]:
        """The same, with a mark on those of which something ended that may have deployed. Asks CircleCI nothing."""
        moved = {one.snapshot.pipeline.id for one in readings if _has_moved(one)}
        if not moved or not polled.organization_id or self._has_none(polled):
            return list(readings)
        if not await self._is_wanted(polled, [one for one in readings if one.snapshot.pipeline.id in moved]):
            return list(readings)
        due = {"releases_due": True}
        return [
            replace(one, snapshot=one.snapshot.model_copy(update=due)) if one.snapshot.pipeline.id in moved else one
            for one in readings
        ]

    async def fetch_releases(self, polled: PolledProject, readings: Sequence[Reading]) -> list[Reading]:
        """Those of which deploys were to be read, with what CircleCI says of them; none where it says nothing."""
        due = [one for one in readings if _is_due(one)]
        if not due:
            return []
        try:
            async with asyncio.timeout(_PATIENCE_S):
                known = await self._refresh_names(polled)
                tried = await self._list_tried(polled, known)
                if tried is not None and _list_unnamed(due, tried, known):
                    known = await self._learn(polled, tried)
        except (BotError, TimeoutError):
            return []
        if tried is None:
            return []
        return [self._add(one, tried, known) for one in due]

    def _add(self, reading: Reading, tried: ItemList[Release], known: DeployNames) -> Reading:
        """It is written over what was published before: that has made it due when `reading` says."""
        before = reading.snapshot
        found = pick_releases(before.pipeline, tried, known.names, before=before.releases, is_cut=tried.is_cut)
        after = before.model_copy(update={"releases": found, "releases_due": False})
        looks = [reading.next_look_at, poll_intervals.schedule_deploy_look(after, reading.read_at)]
        look_at = min(filter(None, looks), default=None)
        return replace(reading, snapshot=after, next_look_at=look_at, was_due_at=reading.next_look_at, before=None)

    async def _is_wanted(self, polled: PolledProject, moved: Sequence[Reading]) -> bool:
        """By a rule, or by somebody who wants to hear of their own."""
        starters = [one.snapshot.pipeline.actor_login for one in moved]
        async with self._store.begin_read() as tx:
            if await tx.coverage.wants_deploys(polled.project):
                return True
            return await tx.dm_preferences.is_chosen(DEPLOYS, filter(None, starters))

    def _has_none(self, polled: PolledProject) -> bool:
        return polled.deploys is not None and polled.deploys.is_fresh(self._clock.now()) and not polled.deploys.names

    async def _refresh_names(self, polled: PolledProject) -> DeployNames:
        """Those of the last day; a project without components costs one request a day."""
        known = polled.deploys
        return known if known and known.is_fresh(self._clock.now()) else await self._learn(polled)

    async def _learn(self, polled: PolledProject, tried: Sequence[Release] = ()) -> DeployNames:
        """What nobody names is called by its id from now on, until tomorrow."""
        project = _get_project(polled)

        async def ask(circleci: CircleCI) -> dict[str, str]:
            components = await fetch_if_visible(circleci.list_deploy_components(project))
            if not components:
                return {}
            environments = await circleci.list_deploy_environments(project.organization_id)
            called = {one.id: one.name or one.id for one in environments}
            return called | {one.id: one.name or one.id for one in components}

        ids = [each for one in tried for each in (one.component_id, one.environment_id)]
        names = await self._tokens.fetch_for_project(polled.project, ask)
        known = DeployNames(self._clock.now(), {each: each for each in ids} | names)
        async with self._store.begin() as tx:
            await tx.polled_projects.update_deploys(polled.project, known)
        return known

    async def _list_tried(self, polled: PolledProject, known: DeployNames) -> ItemList[Release] | None:
        """The newest page of all that the project tried; None where CircleCI does not tell."""
        if not known.names:
            return ItemList()
        project = _get_project(polled)
        return await self._tokens.fetch_for_project(
            polled.project, lambda circleci: circleci.list_releases(project, pages=1)
        )


def _get_project(polled: PolledProject) -> Project:
    return Project(slug=str(polled.project), id=polled.project_id or "", organization_id=polled.organization_id or "")


def _has_moved(reading: Reading) -> bool:
    """Something of it ended or came to wait since it was read the last time: jobs tell of deploys before they end."""
    before = reading.before.snapshot if reading.before else None
    return bool(_list_ends(reading.snapshot) - (_list_ends(before) if before else set()))


def _list_ends(snapshot: Snapshot) -> set[str]:
    """Ids of the workflows and jobs that have ended, and of the holds that wait."""
    jobs = [job for run in snapshot.workflows for job in run.jobs or ()]
    ended = {run.workflow.id for run in snapshot.workflows if run.workflow.has_ended}
    return ended | {job.id for job in jobs if job.has_ended or job.is_held}


def _is_due(reading: Reading) -> bool:
    """What moves is asked about for two hours. Then it waits until something of its pipeline ends, a hold for days."""
    snapshot = reading.snapshot
    recent = poll_intervals.schedule_deploy_look(snapshot, reading.read_at) is not None
    over = reading.finished_at is not None and any(one.is_moving for one in snapshot.releases)
    return snapshot.releases_due or recent or over


def _list_unnamed(due: Sequence[Reading], tried: Sequence[Release], known: DeployNames) -> set[str]:
    ours = {one.snapshot.pipeline.id for one in due}
    ids = {each for one in tried if one.pipeline_id in ours for each in (one.component_id, one.environment_id) if each}
    return ids - known.names.keys()
