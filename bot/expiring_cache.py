"""The one cache of this process: a limited number of values, each for a limited time (kept by cachetools)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from cachetools import TLRUCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class ExpiringCache(Generic[K, V]):
    """At most `most` values. What has expired goes first, then what was not asked for the longest. `now` is a clock."""

    def __init__(self, most: int, now: Callable[[], datetime]) -> None:
        self._now = now
        self._entries: TLRUCache[K, tuple[V, datetime], datetime] = TLRUCache(
            most, ttu=lambda _key, entry, _now: entry[1], timer=now
        )

    def get(self, key: K) -> V | None:
        entry = self._find(key)
        return entry[0] if entry else None

    def _find(self, key: K) -> tuple[V, datetime] | None:
        """`get` of cachetools looks twice."""
        try:
            return self._entries[key]
        except KeyError:
            return None

    def set(self, key: K, value: V, ttl: timedelta) -> V:
        """Remember the value for so long. The value again, for the caller to return."""
        self._entries[key] = value, self._now() + ttl
        return value

    def drop(self, key: K) -> None:
        self._entries.pop(key, None)

    def drop_where(self, is_meant: Callable[[K], bool]) -> None:
        for key in [key for key in self._entries if is_meant(key)]:
            self.drop(key)

    async def load(self, key: K, load: Callable[[], Awaitable[V]], ttl: Callable[[V], timedelta]) -> V:
        """The value that is remembered, also if it is None; else what `load` brings, for as long as `ttl` says."""
        if entry := self._find(key):
            return entry[0]
        value = await load()
        return self.set(key, value, ttl(value))
