"""Does a person's own token see a project? Asked before they are written to; what was answered is believed for a while.

So nobody hears by direct message what CircleCI hides from them, whatever login they say is theirs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

import structlog

from bot.circleci.client import CircleCIPool
from bot.clock import Clock
from bot.domain import Account, ProjectSlug
from bot.errors import CircleCIError, NotFound, Rejected, Unauthorized
from bot.notify.personal import Reader
from bot.store.people import Person

log = structlog.get_logger(__name__)

_SEEN_FOR, _HIDDEN_FOR = timedelta(hours=1), timedelta(minutes=5)
_MOST_KNOWN = 10_000
_MOST_ASKED = 20
"""People of one outcome: who started it, and those whom a policy lets approve."""


class Sight:
    """`expire` is told of a token that CircleCI no longer accepts."""

    def __init__(self, *, pool: CircleCIPool, clock: Clock, expire: Callable[[Account], Awaitable[None]]) -> None:
        self._pool = pool
        self._clock = clock
        self._expire = expire
        self._known: dict[tuple[Person, datetime, ProjectSlug], tuple[bool, datetime]] = {}

    async def of(self, readers: Iterable[Reader], project: ProjectSlug) -> frozenset[Person]:
        """Those who see it. Raises nothing: where CircleCI does not answer, who verifiably started it does see it."""
        asked = list({reader.person: reader for reader in readers}.values())[:_MOST_ASKED]
        sees = await asyncio.gather(*(self._sees(reader, project) for reader in asked))
        return frozenset(reader.person for reader, it in zip(asked, sees, strict=True) if it)

    async def _sees(self, reader: Reader, project: ProjectSlug) -> bool:
        key, now = (reader.person, reader.account.connected_at, project), self._clock.now()
        known, until = self._known.get(key, (False, now))
        if now < until:
            return known
        try:
            sees = await self._ask(reader.account, project)
        except CircleCIError as error:
            log.info("sight.unknown", project=str(project), error=error.message)
            return reader.verified
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[key] = sees, now + (_SEEN_FOR if sees else _HIDDEN_FOR)
        return sees

    async def _ask(self, account: Account, project: ProjectSlug) -> bool:
        try:
            await self._pool.bind(account.token, waits=False).project(project)
        except (NotFound, Rejected):
            return False
        except Unauthorized:
            await self._expire(account)
            return False
        return True
