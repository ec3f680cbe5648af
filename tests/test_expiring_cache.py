from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from bot.expiring_cache import ExpiringCache
from tests.plugins.factories import NOW

_FOR = timedelta(minutes=3)


class MovedClock:
    at = NOW

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


async def test_a_value_is_loaded_once_while_it_is_fresh(clock: MovedClock) -> None:
    cache: ExpiringCache[str, int] = ExpiringCache(10, clock.now)
    load = _count_loads()
    for _ in range(3):
        assert await cache.load("ada", load, _keep) == 1
    clock.at += _FOR
    assert await cache.load("ada", load, _keep) == 2


async def test_nobody_gets_what_was_loaded_for_somebody_else(clock: MovedClock) -> None:
    cache: ExpiringCache[str, int] = ExpiringCache(10, clock.now)
    load = _count_loads()
    assert await cache.load("ada", load, _keep) == 1
    assert await cache.load("eve", load, _keep) == 2


async def test_what_was_not_asked_for_the_longest_is_forgotten_when_there_is_too_much(clock: MovedClock) -> None:
    cache: ExpiringCache[str, int] = ExpiringCache(2, clock.now)
    for number, key in enumerate(("ada", "grace", "eve"), start=1):
        cache.set(key, number, _FOR)
        clock.at += timedelta(seconds=1)
    assert [cache.get(key) for key in ("ada", "grace", "eve")] == [None, 2, 3]


async def test_how_long_a_value_is_kept_may_depend_on_it(clock: MovedClock) -> None:
    cache: ExpiringCache[str, list[str]] = ExpiringCache(2, clock.now)
    there: list[str] = []

    async def load() -> list[str]:
        return list(there)

    async def fetch() -> list[str]:
        return await cache.load("ada", load, lambda found: _FOR if found else timedelta(seconds=10))

    assert await fetch() == []
    there.append("web")
    clock.at += timedelta(seconds=9)
    assert await fetch() == []
    clock.at += timedelta(seconds=1)
    assert await fetch() == ["web"]
    there.clear()
    clock.at += timedelta(minutes=2)
    assert await fetch() == ["web"]


async def test_that_there_is_none_is_remembered_too(clock: MovedClock) -> None:
    cache: ExpiringCache[str, None] = ExpiringCache(2, clock.now)
    loads: list[int] = []

    async def load() -> None:
        loads.append(1)

    await cache.load("ada", load, _keep)
    await cache.load("ada", load, _keep)
    assert loads == [1]


async def test_what_is_dropped_is_loaded_again(clock: MovedClock) -> None:
    cache: ExpiringCache[str, int] = ExpiringCache(10, clock.now)
    load = _count_loads()
    assert await cache.load("ada", load, _keep) == 1
    cache.drop("ada")
    cache.drop("eve")
    assert await cache.load("ada", load, _keep) == 2


async def test_what_many_ask_for_at_the_same_moment_is_loaded_once(clock: MovedClock) -> None:
    cache: ExpiringCache[str, int] = ExpiringCache(10, clock.now)
    load = _Slow()
    asking = [asyncio.create_task(cache.load("ada", load, _keep)) for _ in range(40)]
    await load.let_go()
    assert await asyncio.gather(*asking) == [1] * 40


async def test_where_loading_fails_the_next_one_tries(clock: MovedClock) -> None:
    cache: ExpiringCache[str, int] = ExpiringCache(10, clock.now)
    load = _Slow()
    first, second = (asyncio.create_task(cache.load("ada", load, _keep)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await load.let_go()
    assert await second == 2


async def test_what_is_dropped_while_it_is_loaded_is_not_remembered(clock: MovedClock) -> None:
    cache: ExpiringCache[str, int] = ExpiringCache(10, clock.now)
    load = _Slow()
    early = asyncio.create_task(cache.load("ada", load, _keep))
    await asyncio.sleep(0)
    cache.drop_where(lambda key: key == "ada")
    late = asyncio.create_task(cache.load("ada", load, _keep))
    await load.let_go()
    assert [await early, await late, cache.get("ada")] == [1, 2, 2]


class _Slow:
    """Says how often it was asked, once it may."""

    def __init__(self) -> None:
        self._asked = 0
        self._may_go = asyncio.Event()

    async def __call__(self) -> int:
        self._asked += 1
        number = self._asked
        await self._may_go.wait()
        return number

    async def let_go(self) -> None:
        """Once all who ask have asked."""
        for _ in range(5):
            await asyncio.sleep(0)
        self._may_go.set()


def _keep(_value: object) -> timedelta:
    return _FOR


def _count_loads() -> Callable[[], Awaitable[int]]:
    loads: list[int] = []

    async def load() -> int:
        loads.append(1)
        return len(loads)

    return load
