from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.actions.visible_projects import ExpiringCache
from tests.plugins.factories import NOW


async def test_a_value_is_loaded_once_while_it_is_fresh() -> None:
    memory: ExpiringCache[int] = ExpiringCache(keep=timedelta(minutes=3), most=10)
    loads: list[int] = []
    for _ in range(3):
        assert await memory.get("ada", NOW, _counted(loads)) == 1
    assert await memory.get("ada", NOW + timedelta(minutes=4), _counted(loads)) == 2


async def test_nobody_gets_what_was_loaded_for_somebody_else() -> None:
    memory: ExpiringCache[int] = ExpiringCache(keep=timedelta(minutes=3), most=10)
    loads: list[int] = []
    assert await memory.get("ada", NOW, _counted(loads)) == 1
    assert await memory.get("eve", NOW, _counted(loads)) == 2


async def test_the_oldest_is_forgotten_when_there_are_too_many() -> None:
    memory: ExpiringCache[int] = ExpiringCache(keep=timedelta(minutes=3), most=2)
    loads: list[int] = []
    for key in ("ada", "grace", "eve"):
        await memory.get(key, NOW, _counted(loads))
    assert await memory.get("eve", NOW, _counted(loads)) == 3
    assert await memory.get("ada", NOW, _counted(loads)) == 4


async def test_that_there_is_nothing_is_remembered_for_seconds_only() -> None:
    memory: ExpiringCache[list[str]] = ExpiringCache(keep=timedelta(minutes=3), most=2)
    found: list[str] = []

    async def load() -> list[str]:
        return list(found)

    assert await memory.get("ada", NOW, load) == []
    found.append("web")
    assert await memory.get("ada", NOW + timedelta(seconds=9), load) == []
    assert await memory.get("ada", NOW + timedelta(seconds=10), load) == ["web"]
    found.clear()
    assert await memory.get("ada", NOW + timedelta(minutes=2), load) == ["web"]


async def test_what_is_forgotten_is_looked_for_anew() -> None:
    memory: ExpiringCache[int] = ExpiringCache(keep=timedelta(minutes=3), most=10)
    loads: list[int] = []
    assert await memory.get("ada", NOW, _counted(loads)) == 1
    memory.drop("ada")
    memory.drop("eve")
    assert await memory.get("ada", NOW, _counted(loads)) == 2


def _counted(loads: list[int]) -> Callable[[], Awaitable[int]]:
    async def load() -> int:
        loads.append(1)
        return len(loads)

    return load
