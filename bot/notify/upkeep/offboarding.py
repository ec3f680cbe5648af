"""Who left: a workspace that removed the app, a person whose account in Slack was closed.

Their secrets go at once. What else is a workspace's own rests for thirty days: who installs the app again meanwhile
finds their rules; then it is forgotten.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Protocol

import structlog

from bot.actions import disconnection
from bot.circleci.client import CircleCIPool
from bot.clock import Clock
from bot.domain import Account, Hook
from bot.store.store import Store, Tx

log = structlog.get_logger(__name__)

EVERY_S = 600.0
GRACE = timedelta(days=30)
"""How long a workspace that left finds its rules again."""

_WITHIN_S = 20.0
"""No secret is kept any longer for the sake of webhooks."""

_TRIED = 3
"""So many people's tokens may be tried on a workspace's webhooks."""


class People(Protocol):
    async def has_left(self, workspace: str, user: str) -> bool:
        """Whether somebody's account in Slack was closed."""
        ...

    async def is_open(self, workspace: str) -> bool | None:
        """Whether Slack accepts our token for the workspace now; None where it does not say."""
        ...


class Departures:
    def __init__(self, *, store: Store, pool: CircleCIPool, people: People, clock: Clock, holder: str) -> None:
        self._store = store
        self._pool = pool
        self._people = people
        self._clock = clock
        self._holder = holder

    async def workspace_left(self, workspace: str) -> None:
        """Slack says so; believed unless our token works: then it is late news of a workspace that is back."""
        if await self._people.is_open(workspace):
            return
        try:
            async with asyncio.timeout(_WITHIN_S):
                await self._take_webhooks_away(workspace)
        except TimeoutError:
            log.warning("webhook.left_behind", workspace=workspace, error="CircleCI takes too long")
        async with self._store.begin() as tx:
            if await tx.departures.begin(workspace, self._clock.now()):
                log.info("workspace.left", workspace=workspace)

    async def _take_webhooks_away(self, workspace: str) -> None:
        """By whoever installed them, and else by a few of their colleagues; what nobody may is left, and logged."""
        async with self._store.read() as tx:
            hooks = await tx.hooks.of_workspace(workspace)
            others = await tx.accounts.of(await tx.accounts.working(workspace, limit=_TRIED))
            makers = await tx.accounts.of({(workspace, hook.user): None for hook in hooks})
        for user, theirs in groupby(sorted(hooks, key=_installer), key=_installer):
            able = [*(one for one in makers if one.user == user), *others]
            await self._take_away_by_any(list(theirs), able[:_TRIED])

    async def _take_away_by_any(self, hooks: Sequence[Hook], able: Sequence[Account]) -> None:
        left = list(hooks)
        for account in able:
            if left:
                gone = await disconnection.take_away(self._pool.bind(account.token, waits=False), left)
                left = [hook for hook in left if hook not in gone]
        for hook in left if not able else []:
            log.warning("webhook.left_behind", project=str(hook.project), webhook=hook.hook_id, error="no token left")

    async def turn(self) -> float:
        """See to all who left, unless another replica does. Answers how long the loop may sleep, in seconds."""
        now = self._clock.now()
        async with self._store.begin() as tx:
            ours = await tx.leases.hold("departures", self._holder, now + timedelta(seconds=EVERY_S), now)
            departed = await tx.departures.all() if ours else {}
            connected = await tx.accounts.everybody() if ours else []
            installed = await tx.installations.workspaces() if ours else []
        for workspace in installed:
            if await self._people.is_open(workspace) is False:
                await self.workspace_left(workspace)
        for workspace, left_at in departed.items():
            await self._see_to(workspace, left_at, now)
        for workspace, user in connected:
            if await self._people.has_left(workspace, user):
                await self._person_left(workspace, user)
        return EVERY_S

    async def _see_to(self, workspace: str, left_at: datetime, now: datetime) -> None:
        if await self._people.is_open(workspace):
            async with self._store.begin() as tx:
                await come_back(tx, workspace, now)
        elif now - left_at > GRACE:
            async with self._store.begin() as tx:
                await tx.departures.purge(workspace)
            log.info("workspace.forgotten", workspace=workspace)

    async def _person_left(self, workspace: str, user: str) -> None:
        async with self._store.read() as tx:
            account = await tx.accounts.get(workspace, user)
        if account:
            await disconnection.from_person(self._store, self._pool.bind(account.token), self._clock, workspace, user)
            log.info("person.left", workspace=workspace, user=user)


async def come_back(tx: Tx, workspace: str, now: datetime) -> None:
    """Rules hear again; those for several projects when whoever made them is connected again."""
    if not await tx.departures.end(workspace):
        return
    for rule in await tx.subscriptions.of_workspace(workspace):
        if project := rule.scope.exact:
            await tx.subscriptions.cover(rule.id, [project], now)
            await tx.watches.ensure(project, now)
    log.info("workspace.back", workspace=workspace)


def _installer(hook: Hook) -> str:
    return hook.user
