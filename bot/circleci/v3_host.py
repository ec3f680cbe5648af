"""Whether this host has API v3: asked once, remembered, and taken back (facts: "Does this host have it?").

A CircleCI Server has none, and is not asked. A kind of question that went wrong is left to v2 for a while, and so is
one that was answered late where more waits for it: each time for twice as long, so that a slow v3 holds up
next to nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from bot.circleci.transport_errors import convert_transport_errors
from bot.clock import Clock
from bot.errors import CircleCIError, NotFound, RateLimited, Rejected, Unauthorized, Unavailable
from bot.expiring_cache import ExpiringCache

T = TypeVar("T")

V3Choice = Literal["auto", "on", "off"]

CLOUD_HOST = "circleci.com"
FORBIDDEN, SERVER_ERROR = 403, 500
NO_FOR = timedelta(hours=1)
SILENT_FOR = timedelta(minutes=10)
ASIDE_FOR = timedelta(minutes=1)
PATIENCE_S = 1.5
SLOW = timedelta(seconds=1)

_PROBE = "probe"
_IN_THE_WAY = frozenset({_PROBE, "output", "usage", "tests", "deploys"})
"""What is asked before an outcome is told, or a hold's form opens."""
_MOST_DOUBLINGS = 6
"""Which is more than NO_FOR."""
_MOST_TOKENS = 10_000


class V3Gone(Unavailable):
    """An answer as only a host without v3 gives it: 410, or a page for people."""


@dataclass(frozen=True, slots=True)
class V3State:
    """`has_it` is None as long as nobody knows; `aside` are the families that are left to v2, and since when."""

    is_asked: bool
    has_it: bool | None
    aside: Mapping[str, datetime]


class V3Host:
    """What is known of one host. `auto` asks CircleCI's cloud alone, `on` any host; `off` none."""

    def __init__(self, base_url: str, *, choice: V3Choice, clock: Clock) -> None:
        self._may_ask = choice == "on" or (choice == "auto" and urlsplit(base_url).hostname == CLOUD_HOST)
        self._clock = clock
        self._has_it = False
        self._no_until: datetime | None = None
        self._silent: ExpiringCache[bytes, str] = ExpiringCache(_MOST_TOKENS, clock.now)
        self._aside: dict[str, datetime] = {}
        self._troubles: dict[str, int] = {}
        self._since: dict[str, datetime] = {}
        self.patience_s = PATIENCE_S
        self._in_turn = asyncio.Lock()

    def get_state(self) -> V3State:
        """What this process knows by now; nothing is asked."""
        aside = {family: since for family, since in self._since.items() if self._is_aside(family)}
        return V3State(self._may_ask, self._has_it if self._is_known() else None, aside)

    async def serves(self, family: str, token: bytes, probe: Callable[[], Awaitable[bool | None]]) -> bool:
        """Whether v3 is to be asked about this. `probe` says whether it is there; None where that token cannot tell.

        Where that raises Unavailable, no token can for now.
        """
        if not self._may_ask or self._is_aside(family):
            return False
        if not self._is_known():
            async with self._in_turn:
                if not (self._is_known() or self._silent.get(token) or self._is_aside(_PROBE)):
                    await self._find_out(token, probe)
        return self._has_it

    async def _find_out(self, token: bytes, probe: Callable[[], Awaitable[bool | None]]) -> None:
        try:
            self._remember(token, await self.ask(_PROBE, probe))
        except Unavailable:
            self._set_aside(_PROBE)

    async def ask(self, family: str, ask: Callable[[], Awaitable[T]]) -> T:
        """What v3 says. Raises Unavailable where more waits for it, and it is not there in time.

        A late answer is one, and so is none to somebody who gave up waiting: the next question is v2's.
        """
        is_in_the_way, began = family in _IN_THE_WAY, self._clock.now()
        try:
            with convert_transport_errors():
                async with asyncio.timeout(self.patience_s if is_in_the_way else None):
                    found = await ask()
        finally:
            if is_late := is_in_the_way and self._clock.now() - began >= SLOW:
                self._set_aside(family)
        if not is_late:
            self._troubles.pop(family, None)
            self._since.pop(family, None)
        return found

    def _is_known(self) -> bool:
        return self._has_it or (self._no_until is not None and self._clock.now() < self._no_until)

    def _is_aside(self, family: str) -> bool:
        until = self._aside.get(family)
        return until is not None and self._clock.now() < until

    def _remember(self, token: bytes, found: bool | None) -> None:
        if found is None:
            self._silent.set(token, "says nothing", SILENT_FOR)
        elif found:
            self._has_it = True
        else:
            self.take_back()

    def take_back(self) -> None:
        """It is not there, whatever it said before."""
        self._has_it, self._no_until = False, self._clock.now() + NO_FOR

    def judge(self, family: str, error: CircleCIError) -> str:
        """What an answer that was no use means for the next question, and why, as one word."""
        if isinstance(error, V3Gone):
            self.take_back()
            return "gone"
        if isinstance(error, NotFound):
            return "missing"
        if isinstance(error, Unauthorized) or error.status == FORBIDDEN:
            return "refused"
        if isinstance(error, RateLimited):
            self._since.setdefault(family, self._clock.now())
            self._aside[family] = self._clock.now() + min(timedelta(seconds=error.retry_after_s), NO_FOR)
        else:
            self._set_aside(family)
        return _name_trouble(error)

    def _set_aside(self, family: str) -> None:
        """What was asked at the same time is one trouble."""
        if self._is_aside(family):
            return
        self._since.setdefault(family, self._clock.now())
        times = self._troubles.get(family, 0)
        self._troubles[family] = min(times + 1, _MOST_DOUBLINGS)
        self._aside[family] = self._clock.now() + min(ASIDE_FOR * 2**times, NO_FOR)


def _name_trouble(error: CircleCIError) -> str:
    if isinstance(error, RateLimited):
        return "limited"
    if isinstance(error, Rejected):
        return "refused"
    return "unreadable" if 200 <= error.status < 300 else "unavailable"
