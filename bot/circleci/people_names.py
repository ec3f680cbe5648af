"""Names of people, by the ids that workflows and jobs carry: best effort, and nobody waits long for them.

A name is remembered for a day, for each token separately; that it could not be had, for some minutes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

from bot.circleci.models import User
from bot.clock import Clock
from bot.errors import CircleCIError
from bot.expiring_cache import ExpiringCache

WITHIN_S = 2.0
"""How long names may keep anybody waiting."""

_KEEP, _TRY_AGAIN = timedelta(days=1), timedelta(minutes=5)
_MOST, _AT_ONCE = 5000, 20

Ask = Callable[[str], Awaitable[User]]


class UserNameCache:
    """Names by (hash of the token that asked, user id); "" for a user whose name could not be had."""

    def __init__(self, clock: Clock, *, within_s: float = WITHIN_S) -> None:
        self._within_s = within_s
        self._known: ExpiringCache[tuple[bytes, str], str] = ExpiringCache(_MOST, clock.now)

    async def fetch_names(self, whose: bytes, user_ids: Iterable[str], ask: Ask) -> dict[str, str]:
        """Those of the names that are known, or can be learnt in time. Raises nothing."""
        wanted = list(dict.fromkeys(user_ids))
        unknown = [user_id for user_id in wanted if self._known.get((whose, user_id)) is None][:_AT_ONCE]
        await asyncio.gather(*(self._fetch_name((whose, user_id), ask) for user_id in unknown))
        return {user_id: name for user_id in wanted if (name := self._known.get((whose, user_id)))}

    async def _fetch_name(self, key: tuple[bytes, str], ask: Ask) -> None:
        try:
            async with asyncio.timeout(self._within_s):
                user = await ask(key[1])
        except (CircleCIError, TimeoutError):
            self._known.set(key, "", _TRY_AGAIN)
        else:
            self._known.set(key, user.name or user.login or "", _KEEP)
