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


class WorkspaceStatus(Protocol):
    async def has_left(self, workspace: str, user: str) -> bool:
        """Whether somebody's account in Slack was closed."""
        ...

    async def is_open(self, workspace: str) -> bool | None:
        """Whether Slack accepts our token for the workspace now; None where it does not say."""
        ...


class UninstallHandler:
    def __init__(self, *, store: Store, pool: CircleCIPool, people: WorkspaceStatus, clock: Clock, holder: str) -> None:
        self._store = store
        self._pool = pool
        self._people = people
        self._clock = clock
        self._holder = holder

    async def handle_uninstall(self, workspace: str) -> None:
        """Slack says so; believed unless our token works: then it is late news of a workspace that is back."""
        if await self._people.is_open(workspace):
            return
        try:
            async with asyncio.timeout(_WITHIN_S):
                await self._remove_webhooks(workspace)
        except TimeoutError:
            log.warning("webhook.left_behind", workspace=workspace, error="CircleCI takes too long")
        async with self._store.begin() as tx:
            if await tx.uninstalls.mark_uninstalled(workspace, self._clock.now()):
                log.info("workspace.left", workspace=workspace)

    async def _remove_webhooks(self, workspace: str) -> None:
        """By whoever installed them, and else by a few of their colleagues; what nobody may is left, and logged."""
        async with self._store.begin_read() as tx:
            hooks = await tx.hooks.list_for_workspace(workspace)
            others = await tx.accounts.list_for_people(await tx.accounts.list_active_people(workspace, limit=_TRIED))
            makers = await tx.accounts.list_for_people({(workspace, hook.user): None for hook in hooks})
        for user, theirs in groupby(sorted(hooks, key=_get_installer), key=_get_installer):
            able = [*(one for one in makers if one.user == user), *others]
            await self._remove_with_any(list(theirs), able[:_TRIED])

    async def _remove_with_any(self, hooks: Sequence[Hook], able: Sequence[Account]) -> None:
        left = list(hooks)
        for account in able:
            if left:
                gone = await disconnection.remove_webhooks(self._pool.bind(account.token, waits=False), left)
                left = [hook for hook in left if hook not in gone]
        for hook in left if not able else []:
            log.warning("webhook.left_behind", project=str(hook.project), webhook=hook.hook_id, error="no token left")

    async def tick(self) -> float:
        """See to all who left, unless another replica does. Answers how long the loop may sleep, in seconds."""
        now = self._clock.now()
        async with self._store.begin() as tx:
            ours = await tx.leases.claim_or_renew("departures", self._holder, now + timedelta(seconds=EVERY_S), now)
            departed = await tx.uninstalls.list_all() if ours else {}
            connected = await tx.accounts.list_all_active_people() if ours else []
            installed = await tx.installations.list_workspaces() if ours else []
        for workspace in installed:
            if await self._people.is_open(workspace) is False:
                await self.handle_uninstall(workspace)
        for workspace, left_at in departed.items():
            await self._restore_or_purge(workspace, left_at, now)
        for workspace, user in connected:
            if await self._people.has_left(workspace, user):
                await self._disconnect_person(workspace, user)
        return EVERY_S

    async def _restore_or_purge(self, workspace: str, left_at: datetime, now: datetime) -> None:
        if await self._people.is_open(workspace):
            async with self._store.begin() as tx:
                await restore_workspace(tx, workspace, now)
        elif now - left_at > GRACE:
            async with self._store.begin() as tx:
                await tx.uninstalls.purge(workspace)
            log.info("workspace.forgotten", workspace=workspace)

    async def _disconnect_person(self, workspace: str, user: str) -> None:
        async with self._store.begin_read() as tx:
            account = await tx.accounts.find(workspace, user)
        if account:
            await disconnection.disconnect_person(
                self._store, self._pool.bind(account.token), self._clock, workspace, user
            )
            log.info("person.left", workspace=workspace, user=user)


async def restore_workspace(tx: Tx, workspace: str, now: datetime) -> None:
    """Rules hear again; those for several projects when whoever made them is connected again."""
    if not await tx.uninstalls.mark_reinstalled(workspace):
        return
    for rule in await tx.subscriptions.list_for_workspace(workspace):
        if project := rule.scope.exact:
            await tx.subscriptions.cover(rule.id, [project], now)
            await tx.polled_projects.upsert(project, now)
    log.info("workspace.back", workspace=workspace)


def _get_installer(hook: Hook) -> str:
    return hook.user
