"""Names of people, by the ids that workflows and jobs carry: best effort, and for so long as nobody has to wait.

A name is remembered for a day, for each token by itself; that none could be had, for some minutes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

from bot.circleci.models import User
from bot.clock import Clock
from bot.errors import CircleCIError

WITHIN_S = 2.0
"""How long names may keep anybody waiting."""

_KEEP, _TRY_AGAIN = timedelta(days=1), timedelta(minutes=5)
_MOST, _AT_ONCE = 5000, 20

Ask = Callable[[str], Awaitable[User]]


class UserNameCache:
    """What is known of people by (whose token, user id); None for somebody of whom nothing could be learnt."""

    def __init__(self, clock: Clock, *, within_s: float = WITHIN_S) -> None:
        self._clock = clock
        self._within_s = within_s
        self._known: dict[tuple[bytes, str], tuple[datetime, str | None]] = {}

    async def fetch_names(self, whose: bytes, user_ids: Iterable[str], ask: Ask) -> dict[str, str]:
        """Those of the names that are known, or can be learnt in time. Raises nothing."""
        wanted = list(dict.fromkeys(user_ids))
        unknown = [user_id for user_id in wanted if not self._is_fresh((whose, user_id))][:_AT_ONCE]
        await asyncio.gather(*(self._fetch_name((whose, user_id), ask) for user_id in unknown))
        found = {user_id: self._known.get((whose, user_id), (None, None))[1] for user_id in wanted}
        return {user_id: name for user_id, name in found.items() if name}

    def _is_fresh(self, key: tuple[bytes, str]) -> bool:
        until, _ = self._known.get(key, (None, None))
        return until is not None and self._clock.now() < until

    async def _fetch_name(self, key: tuple[bytes, str], ask: Ask) -> None:
        try:
            async with asyncio.timeout(self._within_s):
                user = await ask(key[1])
        except (CircleCIError, TimeoutError):
            self._remember(key, None, _TRY_AGAIN)
        else:
            self._remember(key, user.name or user.login or None, _KEEP)

    def _remember(self, key: tuple[bytes, str], name: str | None, keep: timedelta) -> None:
        self._known.pop(key, None)
        self._known[key] = (self._clock.now() + keep, name)
        while len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
