from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.meaning.visible import Memory
from tests.plugins.nouns import NOW


async def test_a_value_is_loaded_once_while_it_is_fresh() -> None:
    memory: Memory[int] = Memory(keep=timedelta(minutes=3), most=10)
    loads: list[int] = []
    for _ in range(3):
        assert await memory.get("ada", NOW, _counted(loads)) == 1
    assert await memory.get("ada", NOW + timedelta(minutes=4), _counted(loads)) == 2


async def test_nobody_gets_what_was_loaded_for_somebody_else() -> None:
    memory: Memory[int] = Memory(keep=timedelta(minutes=3), most=10)
    loads: list[int] = []
    assert await memory.get("ada", NOW, _counted(loads)) == 1
    assert await memory.get("eve", NOW, _counted(loads)) == 2


async def test_the_oldest_is_forgotten_when_there_are_too_many() -> None:
    memory: Memory[int] = Memory(keep=timedelta(minutes=3), most=2)
    loads: list[int] = []
    for key in ("ada", "grace", "eve"):
        await memory.get(key, NOW, _counted(loads))
    assert await memory.get("eve", NOW, _counted(loads)) == 3
    assert await memory.get("ada", NOW, _counted(loads)) == 4


def _counted(loads: list[int]) -> Callable[[], Awaitable[int]]:
    async def load() -> int:
        loads.append(1)
        return len(loads)

    return load
