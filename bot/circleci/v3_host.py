"""Whether this host has API v3: asked once, remembered, and taken back (facts: "Does this host have it?").

A CircleCI Server has none, and is not asked. A kind of question that went wrong is left to v2 for a while, so that a
slow v3 never holds up what v2 could have told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from bot.clock import Clock
from bot.errors import CircleCIError, NotFound, RateLimited, Rejected, Unauthorized, Unavailable
from bot.expiring_cache import ExpiringCache

V3Choice = Literal["auto", "on", "off"]

CLOUD_HOST = "circleci.com"
FORBIDDEN = 403
NO_FOR = timedelta(hours=1)
SILENT_FOR = timedelta(minutes=10)
ASIDE_FOR = timedelta(minutes=1)

_MOST_TOKENS = 10_000


class V3Gone(Unavailable):
    """An answer as only a host without v3 gives it: 410, or a page for people."""


class V3Host:
    """What is known of one host. `auto` asks CircleCI's cloud alone, `on` any host; `off` none."""

    def __init__(self, base_url: str, *, choice: V3Choice, clock: Clock) -> None:
        self._may_ask = choice == "on" or (choice == "auto" and urlsplit(base_url).hostname == CLOUD_HOST)
        self._clock = clock
        self._has_it = False
        self._no_until: datetime | None = None
        self._silent: ExpiringCache[bytes, str] = ExpiringCache(_MOST_TOKENS, clock.now)
        self._aside: dict[str, datetime] = {}
        self._in_turn = asyncio.Lock()

    async def serves(self, family: str, token: bytes, probe: Callable[[], Awaitable[bool | None]]) -> bool:
        """Whether v3 is to be asked about this. `probe` says whether it is there; None where that token cannot tell."""
        if not self._may_ask or self._is_aside(family):
            return False
        if not self._is_known():
            async with self._in_turn:
                if not self._is_known() and not self._silent.get(token):
                    self._remember(token, await probe())
        return self._has_it

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
        wait = timedelta(seconds=error.retry_after_s) if isinstance(error, RateLimited) else ASIDE_FOR
        self._aside[family] = self._clock.now() + min(wait, NO_FOR)
        return _name_trouble(error)


def _name_trouble(error: CircleCIError) -> str:
    if isinstance(error, RateLimited):
        return "limited"
    if isinstance(error, Rejected):
        return "refused"
    return "unreadable" if 200 <= error.status < 300 else "unavailable"
