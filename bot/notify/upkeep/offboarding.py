"""Who left: a workspace that removed the app, a person whose account in Slack was closed.

Their secrets are deleted at once. Whatever else a workspace has is kept for a while (UNINSTALL_GRACE_DAYS), so that it
finds its rules again if it installs the app meanwhile; then it is deleted, with a receipt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Protocol

import structlog

from bot.actions import disconnection
from bot.actions.purge import purge_workspace
from bot.circleci.client import CircleCIPool
from bot.clock import Clock
from bot.domain.audit_records import AuditKind, AuditRecord, Door
from bot.domain.people import Account, Installation, Person
from bot.domain.project_feeds import Hook
from bot.notify.upkeep.periodic import Periodic
from bot.store.store import Store, Tx

log = structlog.get_logger(__name__)

EVERY_S = 600.0
GRACE = timedelta(days=30)
"""How long a workspace that left finds its rules again, unless the settings say otherwise."""

_WITHIN_S = 20.0
"""No secret is kept any longer for the sake of webhooks."""

_ASKED_AT_ONCE, _TURNS = 100, 5
"""Slack answers some hundred questions about people a minute, and commands ask too."""

_TRIED = 3
"""How many people's tokens are tried on a workspace's webhooks."""


class WorkspaceStatus(Protocol):
    async def has_left(self, workspace: str, user: str) -> bool:
        """Whether somebody's account in Slack was closed."""
        ...

    async def is_open(self, workspace: str) -> bool | None:
        """Whether Slack accepts our token for the workspace, or the organisation, now; None where it does not say."""
        ...

    async def list_teams(self, organisation: Installation) -> dict[str, str] | None:
        """The workspaces that it lets us into, names by id; None where Slack does not say."""
        ...


class UninstallHandler(Periodic):
    lease = "departures"

    def __init__(
        self,
        *,
        store: Store,
        pool: CircleCIPool,
        people: WorkspaceStatus,
        clock: Clock,
        holder: str,
        grace: timedelta = GRACE,
    ) -> None:
        super().__init__(store=store, clock=clock, holder=holder, every_s=EVERY_S)
        self._grace = grace
        self._pool = pool
        self._people = people

    async def handle_uninstall(self, installed: str) -> list[str]:
        """Slack says that a workspace, or an organisation with all of its own, removed the app. Returns which left.

        Where our token works this is late news: it is back.
        """
        async with self._store.begin_read() as tx:
            asked_of = await tx.installations.find(installed)
        if await self._people.is_open(installed):
            return []
        async with self._store.begin() as tx:
            if asked_of and asked_of.workspace == installed:
                await tx.installations.delete(asked_of)
            left = await _list_abandoned(tx, await tx.installations.list_served(installed))
        await self.release(left)
        return left

    async def follow_organisation(self, enterprise: str) -> list[str]:
        """It let us into workspaces or took us out of some: what is kept follows. Returns those that changed."""
        async with self._store.begin_read() as tx:
            found = await tx.installations.find(enterprise)
            before = await tx.org_teams.list_names(enterprise)
        teams = await self._people.list_teams(found) if found and found.is_org_wide else None
        if teams is None or teams == before:
            return []
        async with self._store.begin() as tx:
            gone = await tx.org_teams.replace(enterprise, teams)
            left = await _list_abandoned(tx, gone)
            for workspace in teams:
                await restore_workspace(tx, workspace, self._clock.now())
        await self.release(left)
        return sorted(before.keys() ^ teams.keys())

    async def handle_deactivation(self, installed: str, user: str) -> None:
        """Slack says that somebody's account was closed."""
        async with self._store.begin_read() as tx:
            workspaces = await tx.installations.list_served(installed)
        for workspace in workspaces:
            await self._disconnect_person(workspace, user)

    async def release(self, workspaces: Sequence[str]) -> None:
        """Of those that we may no longer speak to, all at once."""
        try:
            async with asyncio.timeout(_WITHIN_S):
                await asyncio.gather(*map(self._remove_webhooks, workspaces))
        except TimeoutError:
            log.warning("webhook.left_behind", workspaces=list(workspaces), error="CircleCI takes too long")
        async with self._store.begin() as tx:
            now = self._clock.now()
            left = [one for one in workspaces if await tx.uninstalls.mark_uninstalled(one, now)]
            for workspace in left:
                tx.record(AuditRecord(workspace=workspace, at=now, kind=AuditKind.INSTALL, act="uninstall"))
        for workspace in left:
            log.info("workspace.left", workspace=workspace)

    async def _remove_webhooks(self, workspace: str) -> None:
        """With the tokens of the people who installed them, else of a few others; what nobody may remove is logged."""
        async with self._store.begin_read() as tx:
            hooks = await tx.hooks.list_for_workspace(workspace)
            others = await tx.accounts.list_for_people(await tx.accounts.list_active_people(workspace, limit=_TRIED))
            makers = await tx.accounts.list_for_people(dict.fromkeys(Person(workspace, hook.user) for hook in hooks))
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

    async def run(self, now: datetime) -> None:
        """For all who left without Slack having said so."""
        async with self._store.begin_read() as tx:
            departed = await tx.uninstalls.list_all()
            connected = await tx.accounts.list_all_active_people()
            installed = await tx.installations.list_all()
        for one in installed:
            if await self._people.is_open(one.workspace) is False:
                await self.handle_uninstall(one.workspace)
            elif one.is_org_wide:
                await self.follow_organisation(one.workspace)
        for workspace, left_at in departed.items():
            await self._restore_or_purge(workspace, left_at, now)
        for workspace, user in select_due(connected, now):
            if await self._people.has_left(workspace, user):
                await self._disconnect_person(workspace, user)

    async def _restore_or_purge(self, workspace: str, left_at: datetime, now: datetime) -> None:
        """Where Slack does not say whether it is back, it is left alone."""
        is_open = await self._people.is_open(workspace)
        if is_open:
            async with self._store.begin() as tx:
                await restore_workspace(tx, workspace, now)
        elif is_open is False and now - left_at > self._grace:
            async with self._store.begin() as tx:
                receipt = await purge_workspace(tx, workspace, now=now, door=Door.SYSTEM, left_at=left_at)
            if receipt:
                log.info("workspace.forgotten", workspace=workspace, rows=receipt.count, sha256=receipt.hash)

    async def _disconnect_person(self, workspace: str, user: str) -> None:
        async with self._store.begin_read() as tx:
            account = await tx.accounts.find(workspace, user)
        if account:
            person, circleci = Person(workspace, user), self._pool.bind(account.token)
            record = AuditRecord(
                workspace=workspace,
                at=self._clock.now(),
                kind=AuditKind.ACCOUNT,
                act="disconnect",
                user=user,
                circleci_id=account.circleci_id,
                login=account.login,
                what="their account in Slack was closed",
            )
            await disconnection.disconnect_person(self._store, circleci, self._clock, person=person, record=record)
            log.info("person.left", workspace=workspace, user=user)


def select_due(connected: Sequence[Person], now: datetime) -> list[Person]:
    """Of whom Slack is asked now: of a few each time; of many a fifth, so that each is asked once within the hour."""
    if len(connected) <= _ASKED_AT_ONCE:
        return list(connected)
    turn = int(now.timestamp() // EVERY_S) % _TURNS
    return [one for number, one in enumerate(sorted(connected)) if number % _TURNS == turn]


async def _list_abandoned(tx: Tx, workspaces: Sequence[str]) -> list[str]:
    """Those that no installation is left for, of their own or of their organisation."""
    return [one for one in workspaces if await tx.installations.find(one) is None]


async def restore_workspace(tx: Tx, workspace: str, now: datetime) -> None:
    """Its rules work again; those for several projects once the person who made them is connected again."""
    if not await tx.uninstalls.mark_reinstalled(workspace):
        return
    tx.record(AuditRecord(workspace=workspace, at=now, kind=AuditKind.INSTALL, act="reinstall"))
    for rule in await tx.subscriptions.list_for_workspace(workspace):
        if project := rule.scope.exact:
            await tx.coverage.cover(rule.id, [project], now)
            await tx.polled_projects.upsert(project, now)
    log.info("workspace.back", workspace=workspace)


def _get_installer(hook: Hook) -> str:
    return hook.user
