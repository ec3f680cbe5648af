"""The one cache of this process: a limited number of values, each for a limited time (kept by cachetools)."""

from __future__ import annotations

import asyncio
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
        self._loading: dict[K, asyncio.Event] = {}

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
        """Also what is being loaded: it may have been read before it changed."""
        self._entries.pop(key, None)
        if loading := self._loading.pop(key, None):
            loading.set()

    def drop_where(self, is_meant: Callable[[K], bool]) -> None:
        for key in [key for key in (*self._entries, *self._loading) if is_meant(key)]:
            self.drop(key)

    async def load(self, key: K, load: Callable[[], Awaitable[V]], ttl: Callable[[V], timedelta]) -> V:
        """The value that is remembered, also if it is None; else what `load` brings, for as long as `ttl` says.

        Who asks while it is being loaded waits for it: what many want at the same moment is loaded once.
        """
        while (entry := self._find(key)) is None:
            if loading := self._loading.get(key):
                await loading.wait()
            else:
                return await self._load_alone(key, load, ttl)
        return entry[0]

    async def _load_alone(self, key: K, load: Callable[[], Awaitable[V]], ttl: Callable[[V], timedelta]) -> V:
        """Where it fails, the next one who waits tries. What was dropped meanwhile is not remembered."""
        loading = self._loading[key] = asyncio.Event()
        try:
            value = await load()
            return self.set(key, value, ttl(value)) if self._loading.get(key) is loading else value
        finally:
            if self._loading.get(key) is loading:
                del self._loading[key]
            loading.set()
