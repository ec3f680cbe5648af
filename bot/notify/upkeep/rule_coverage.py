"""Which projects a rule for several covers: those that the person who made it sees, by their own token.

New projects are found as they build. One that is no longer listed (it is idle, or hidden now) is asked for by name, and
no longer covered when CircleCI hides it: nobody is notified of what the rule's owner may not see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import structlog

from bot.circleci.client import CircleCI, CircleCIPool
from bot.clock import Clock
from bot.domain import ProjectSlug
from bot.domain.people import Account
from bot.errors import CircleCIError, Unauthorized, fetch_if_visible
from bot.notify.poll.tokens import PollTokens
from bot.notify.upkeep.periodic import Periodic
from bot.rules.subscription import Subscription
from bot.store.store import Store

log = structlog.get_logger(__name__)

_ROUNDS = 12
"""Intervals of the poller between two updates: a minute, with the usual five seconds."""

_ASKED_BY_NAME = 20
"""How many projects of a rule are asked for by name in one run, those seen longest ago first."""


class RuleCoverageUpdater(Periodic):
    lease = "coverage"

    def __init__(
        self,
        *,
        store: Store,
        pool: CircleCIPool,
        tokens: PollTokens,
        clock: Clock,
        interval_s: float,
        holder: str,
        wake: Callable[[], None],
    ) -> None:
        super().__init__(store=store, clock=clock, holder=holder, every_s=interval_s * _ROUNDS)
        self._pool = pool
        self._tokens = tokens
        self._wake = wake

    async def run(self, now: datetime) -> None:
        """For each person who has such rules."""
        del now
        async with self._store.begin_read() as tx:
            owners = await tx.subscriptions.list_pattern_makers()
        for owner in owners:
            await self._update_owner(*owner)

    async def _update_owner(self, workspace: str, user: str) -> None:
        """Where the person is not connected, or CircleCI does not answer, their rules cover what they did."""
        async with self._store.begin_read() as tx:
            account = await tx.accounts.find(workspace, user)
            rules = await tx.subscriptions.list_pattern_rules(workspace, user)
        if not (account and account.is_active):
            return
        try:
            await self._update_rules(account, rules)
        except Unauthorized:
            await self._tokens.expire(account)
        except CircleCIError as error:
            log.info("coverage.failed", workspace=workspace, user=user, **error.list_log_fields())

    async def _update_rules(self, account: Account, rules: Sequence[Subscription]) -> None:
        circleci = self._pool.bind(account.token)
        listed = {org: await _list_projects(circleci, org) for org in sorted({rule.scope.org_slug for rule in rules})}
        for rule in rules:
            seen = [project for project in listed[rule.scope.org_slug] if rule.scope.covers(project)]
            await self._cover(rule, seen)
            await self._recheck_unlisted(circleci, rule, set(seen))

    async def _cover(self, rule: Subscription, seen: Iterable[ProjectSlug]) -> None:
        """What is new is polled at once. A rule that was changed or removed meanwhile is left alone."""
        now = self._clock.now()
        async with self._store.begin() as tx:
            current = await tx.subscriptions.find(rule.workspace, rule.id)
            if current is None or (current.made_by, current.scope) != (rule.made_by, rule.scope):
                return
            new = set(seen) - set(await tx.coverage.list_projects(rule.id))
            await tx.coverage.cover(rule.id, seen, now)
            for project in new:
                await tx.polled_projects.upsert(project, now)
        if new:
            self._wake()

    async def _recheck_unlisted(self, circleci: CircleCI, rule: Subscription, listed: set[ProjectSlug]) -> None:
        async with self._store.begin_read() as tx:
            unlisted = [project for project in await tx.coverage.list_projects(rule.id) if project not in listed]
        for project in unlisted[:_ASKED_BY_NAME]:
            if await _is_visible(circleci, project):
                await self._cover(rule, [project])
            else:
                async with self._store.begin() as tx:
                    await tx.coverage.uncover(rule.id, project)


async def _list_projects(circleci: CircleCI, org_slug: str) -> list[ProjectSlug]:
    """None of an organisation that is hidden now."""
    return await fetch_if_visible(circleci.list_recent_projects, org_slug) or []


async def _is_visible(circleci: CircleCI, project: ProjectSlug) -> bool:
    return await fetch_if_visible(circleci.fetch_project, project) is not None
