"""Whether a project deploys anything at all, so that one that does not costs next to nothing.

The first marker that names a component makes it, so a project without one has never deployed anything. One request
tells that of all projects of an organisation, and its answer is kept with the projects, for all processes. The clock
has it asked again (`schedule_deploy_sign`), and what hints at a deploy sooner, as far as a rate limit goes.
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
from bot.notify.poll.deploy_hints import DeployHint
from bot.notify.poll.tokens import PollTokens
from bot.store.rate_limiter import SIGN, Bucket, RateLimit
from bot.store.store import Store

log = structlog.get_logger(__name__)

_MOST_ORGANISATIONS = 500
LAG = timedelta(minutes=1)
"""After which a hint is looked after once more."""

BY_NAME = RateLimit(timedelta(hours=1).total_seconds(), burst=24)
BY_PASS = RateLimit(BY_NAME.gap_s, burst=BY_NAME.burst // 2)
"""Looks at an organisation that a hint makes, beside those by the clock: one an hour, after a rest so many at once."""

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

    async def find_nothing(
        self, project: ProjectSlug, hint: DeployHint | None = None, *, seldom: bool = False
    ) -> NothingDeployed | None:
        """None where the project may deploy something: it does, or nobody can tell. `seldom` is once a day."""
        polled, due_at = await self._load(project, seldom=seldom)
        if polled is None or not polled.organization_id:
            return None
        if due_at <= self._clock.now() or self._is_hinted(polled, hint):
            turn = self._turns.setdefault(polled.organization_id, asyncio.Lock())
            async with turn:
                polled, due_at = await self._refresh(project, hint, seldom=seldom)
        if polled is None or polled.no_deploys_since is None or polled.deploys_asked_at is None:
            return None
        return NothingDeployed(polled.deploys_asked_at, self._choose_next(polled.deploys_asked_at, due_at, hint))

    def _is_hinted(self, polled: PolledProject, hint: DeployHint | None) -> bool:
        """Whether the last answer is older than what the hint is about; once more a little later: lists lag behind."""
        if hint is None or polled.deploys_asked_at is None or polled.no_deploys_since is None:
            return False
        now = self._clock.now()
        return any(polled.deploys_asked_at < at <= now for at in (hint.at, hint.at + LAG))

    def _choose_next(self, asked_at: datetime, due_at: datetime, hint: DeployHint | None) -> datetime:
        once_more_at = hint.at + LAG if hint else due_at
        return min(due_at, once_more_at) if max(asked_at, self._clock.now()) < once_more_at else due_at

    async def _refresh(
        self, project: ProjectSlug, hint: DeployHint | None, *, seldom: bool
    ) -> tuple[PolledProject | None, datetime]:
        """Unless somebody has just done so, or hints are used up for now."""
        polled, due_at = await self._load(project, seldom=seldom)
        if polled is None or not polled.organization_id:
            return polled, due_at
        is_due = due_at <= self._clock.now()
        if not is_due and not self._is_hinted(polled, hint):
            return polled, due_at
        trouble_until = self._troubles.get(polled.organization_id)
        if trouble_until is None and (is_due or await self._take_turn(polled.organization_id, hint)):
            await self._ask(polled, polled.organization_id)
            polled, due_at = await self._load(project, seldom=seldom)
            trouble_until = self._troubles.get(polled.organization_id or "") if polled else None
        return polled, trouble_until or due_at

    async def _take_turn(self, organization_id: str, hint: DeployHint | None) -> bool:
        """The same turns for all: what is only a workflow that passed leaves half of them to what is called so."""
        bucket, rate = Bucket(organization_id), BY_NAME if hint and hint.is_named else BY_PASS
        async with self._store.begin() as tx:
            return bool((await tx.rate_limiter.take(SIGN, {bucket: 1}, rate, now=self._clock.now()))[bucket])

    async def _load(self, project: ProjectSlug, *, seldom: bool) -> tuple[PolledProject | None, datetime]:
        """With when it is to be asked for."""
        async with self._store.begin_read() as tx:
            polled = (await tx.polled_projects.list_for_projects([project])).get(project)
            wanted_since = await tx.deploy_looks.find_wish(project)
        if polled is None or polled.deploys_asked_at is None:
            return polled, self._clock.now()
        none_since = polled.no_deploys_since and max(polled.no_deploys_since, wanted_since or polled.no_deploys_since)
        return polled, poll_intervals.schedule_deploy_sign(polled.deploys_asked_at, None if seldom else none_since)

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
