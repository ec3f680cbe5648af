"""Whether a project deploys anything at all, so that one that does not costs next to nothing.

The first marker that names a component makes it, so a project without one has never deployed anything. One request
tells that of all projects of an organisation, and its answer is kept with the projects, for all processes.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

import structlog

from bot.clock import Clock
from bot.domain import ProjectSlug
from bot.domain.project_feeds import PolledProject
from bot.errors import HIDDEN, BotError, Unauthorized
from bot.expiring_cache import ExpiringCache
from bot.notify.poll import poll_intervals
from bot.notify.poll.tokens import PollTokens
from bot.store.store import Store

log = structlog.get_logger(__name__)

_MOST_ORGANISATIONS = 500
_TROUBLE_FOR, _HIDDEN_FOR = timedelta(minutes=1), timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class NothingDeployed:
    """Nothing ever was by `asked_at`; that is asked again at `again_at`."""

    asked_at: datetime
    again_at: datetime


class DeploySigns:
    """`patience_s` is how long an answer is waited for, in real time."""

    def __init__(self, *, store: Store, tokens: PollTokens, clock: Clock, patience_s: float) -> None:
        self._store = store
        self._tokens = tokens
        self._clock = clock
        self._patience_s = patience_s
        self._troubles: ExpiringCache[str, datetime] = ExpiringCache(_MOST_ORGANISATIONS, clock.now)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def find_nothing(self, project: ProjectSlug) -> NothingDeployed | None:
        """None where the project may deploy something: it does, or nobody can tell."""
        polled, due_at = await self._load(project)
        if polled is None or not polled.organization_id:
            return None
        if due_at <= self._clock.now():
            turn = self._turns.setdefault(polled.organization_id, asyncio.Lock())
            async with turn:
                polled, due_at = await self._refresh(project)
        if polled is None or polled.no_deploys_since is None or polled.deploys_asked_at is None:
            return None
        return NothingDeployed(polled.deploys_asked_at, due_at)

    async def _refresh(self, project: ProjectSlug) -> tuple[PolledProject | None, datetime]:
        """Unless somebody has just done so."""
        polled, due_at = await self._load(project)
        if polled is None or not polled.organization_id or due_at > self._clock.now():
            return polled, due_at
        if self._troubles.get(polled.organization_id) is None:
            await self._ask(polled, polled.organization_id)
            polled, due_at = await self._load(project)
        trouble_until = polled and self._troubles.get(polled.organization_id or "")
        return polled, max(due_at, trouble_until or due_at)

    async def _load(self, project: ProjectSlug) -> tuple[PolledProject | None, datetime]:
        """With when it is to be asked for."""
        async with self._store.begin_read() as tx:
            polled = (await tx.polled_projects.list_for_projects([project])).get(project)
            wanted_since = await tx.deploy_looks.find_wish(project)
        if polled is None or polled.deploys_asked_at is None:
            return polled, self._clock.now()
        none_since = polled.no_deploys_since and max(polled.no_deploys_since, wanted_since or polled.no_deploys_since)
        return polled, poll_intervals.schedule_deploy_sign(polled.deploys_asked_at, none_since)

    async def _ask(self, polled: PolledProject, organization_id: str) -> None:
        asked_at = self._clock.now()
        try:
            async with asyncio.timeout(self._patience_s):
                projects = await self._tokens.fetch_aside(
                    polled.project, lambda circleci: circleci.fetch_deploying_projects(organization_id)
                )
        except HIDDEN:
            projects = None
        except (BotError, TimeoutError) as error:
            wait = record_trouble(polled.project, error)
            self._troubles.set(organization_id, self._clock.now() + wait, wait)
            return
        async with self._store.begin() as tx:
            await tx.polled_projects.mark_deploying(organization_id, projects, asked_at)


def record_trouble(project: ProjectSlug, error: Exception) -> timedelta:
    """For how long nobody asks again."""
    log.info("deploys.untold", project=str(project), error=str(error) or type(error).__name__)
    return _HIDDEN_FOR if isinstance(error, (Unauthorized, *HIDDEN)) else _TROUBLE_FOR
