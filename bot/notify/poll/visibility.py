"""May what a project tells be shown in a place? Asked before anything goes there, and believed for a while.

A channel may see what a token of its own workspace sees; who polled it, and for whom, does not count. A direct
message may show what its reader's own token sees. So nobody reads what CircleCI hides from them: not by a rule that
they made while they saw it, not with a colleague's token, and not with one of another workspace.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

import structlog

from bot.circleci.client import CircleCIPool
from bot.clock import Clock
from bot.conversation import is_direct
from bot.domain import ProjectSlug
from bot.domain.people import Account, Person
from bot.domain.project_marks import Mark
from bot.errors import CircleCIError, Unauthorized, fetch_if_visible
from bot.expiring_cache import ExpiringCache
from bot.notify.poll.tokens import PollTokens
from bot.store.store import Store

log = structlog.get_logger(__name__)

_SEEN_FOR, _HIDDEN_FOR = timedelta(minutes=5), timedelta(minutes=1)
_MOST_KNOWN = 10_000
_MOST_ASKED = 20
"""People of one outcome: who started it, and those whom a policy lets approve."""

_Key = tuple[Person, datetime | None, ProjectSlug]
"""Who looks, connected since when; a workspace looks without a user."""


async def find_no_readers_there(_workspace: str, _channel: str) -> bool | None:
    """Nobody knows who reads there."""
    return None


class Visibility:
    """`is_external` says of a workspace's channel whether other companies read it; None where nobody knows."""

    def __init__(
        self,
        *,
        store: Store,
        pool: CircleCIPool,
        tokens: PollTokens,
        clock: Clock,
        is_external: Callable[[str, str], Awaitable[bool | None]] = find_no_readers_there,
    ) -> None:
        self._is_external = is_external
        self._store = store
        self._pool = pool
        self._tokens = tokens
        self._clock = clock
        self._known: ExpiringCache[_Key, bool] = ExpiringCache(_MOST_KNOWN, clock.now)

    async def list_viewers(self, accounts: Iterable[Account], project: ProjectSlug) -> frozenset[Person]:
        """Those who may see it. Raises nothing: where CircleCI does not answer it is asked again before it is shown."""
        asked = list({one.owner: one for one in accounts}.values())[:_MOST_ASKED]
        sees = await asyncio.gather(*(self._may_see(account, project) for account in asked))
        return frozenset(one.owner for one, it in zip(asked, sees, strict=True) if it)

    async def is_shown(self, workspace: str, channel: str, project: ProjectSlug, *, anew: bool) -> bool:
        """Whether the project may be shown there now; `anew`: a person's own token is asked whatever is known of it.

        Raises CircleCIError where CircleCI does not tell.
        """
        if not is_direct(channel):
            return await self._is_allowed_in(workspace, channel, project) and await self._is_seen_in(workspace, project)
        async with self._store.begin_read() as tx:
            user = await tx.dm_preferences.find_reader(workspace, channel)
            account = await tx.accounts.find(workspace, user) if user else None
        return account is not None and account.is_active and await self._sees(account, project, anew=anew)

    async def _is_allowed_in(self, workspace: str, channel: str, project: ProjectSlug) -> bool:
        """Marked as never to be shown to other companies, it is shown where they certainly do not read."""
        async with self._store.begin_read() as tx:
            marks = await tx.project_marks.load(workspace)
        never = marks.has(project, Mark.NEVER_EXTERNAL)
        return not never or await self._is_external(workspace, channel) is False

    async def _is_seen_in(self, workspace: str, project: ProjectSlug) -> bool:
        """What polling has just read with a token of the workspace is seen there."""
        key, now = (Person(workspace, ""), None, project), self._clock.now()
        if self._tokens.has_read(workspace, project, now - _SEEN_FOR):
            return True
        return await self._known.load(key, lambda: self._tokens.is_seen_in(workspace, project), _get_ttl)

    async def _may_see(self, account: Account, project: ProjectSlug) -> bool:
        try:
            return await self._sees(account, project, anew=False)
        except CircleCIError as error:
            log.info("visibility.unknown", project=str(project), **error.list_log_fields())
            return True

    async def _sees(self, account: Account, project: ProjectSlug, *, anew: bool) -> bool:
        key = (account.owner, account.connected_at, project)
        if anew:
            self._known.drop(key)
        return await self._known.load(key, lambda: self._fetch_visibility(account, project), _get_ttl)

    async def _fetch_visibility(self, account: Account, project: ProjectSlug) -> bool:
        circleci = self._pool.bind(account.token, waits=False)
        try:
            return await fetch_if_visible(circleci.fetch_project, project) is not None
        except Unauthorized:
            await self._tokens.expire(account)
            return False


def _get_ttl(sees: bool) -> timedelta:
    return _SEEN_FOR if sees else _HIDDEN_FOR
