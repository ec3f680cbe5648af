"""Time jumps, order is the seed's, and who is killed runs no further line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from random import Random
from typing import Any

import pytest

from tests.simulation.virtual_loop import NothingCanGoOnError, Process, VirtualLoop


@pytest.fixture
def loop() -> Iterator[VirtualLoop]:
    made = VirtualLoop(Random(7))
    yield made
    made.end()


def test_an_hour_takes_no_time(loop: VirtualLoop) -> None:
    loop.run_until_complete(asyncio.sleep(3600))
    assert loop.time() == 3600


def test_a_killed_process_runs_nothing_more_and_no_finally(loop: VirtualLoop) -> None:
    said, process = [], Process(0)

    async def work() -> None:
        try:
            said.append("begins")
            await asyncio.sleep(2)
            said.append("goes on")
        finally:
            said.append("cleans up")

    loop.start(process, work())
    loop.run_until_complete(asyncio.sleep(1))
    process.is_dead = True
    loop.run_until_complete(asyncio.sleep(5))
    assert said == ["begins"]


def test_a_frozen_process_goes_on_where_it_was_and_hears_first_what_is_over(loop: VirtualLoop) -> None:
    said, process = [], Process(0)

    async def work() -> None:
        try:
            async with asyncio.timeout(3):
                await asyncio.sleep(2)
                await asyncio.sleep(2)
                said.append("in time")
        except TimeoutError:
            said.append("too late")

    loop.start(process, work())
    loop.run_until_complete(asyncio.sleep(1))
    process.is_frozen = True
    loop.run_until_complete(asyncio.sleep(10))
    assert said == []
    loop.thaw(process)
    loop.run_until_complete(asyncio.sleep(0))
    assert said == ["too late"]


def test_another_seed_is_another_order() -> None:
    assert len({_list_order(seed) for seed in range(20)}) > 5
    assert _list_order(3) == _list_order(3)


def _list_order(seed: int) -> tuple[int, ...]:
    order: list[int] = []

    async def take_turn(number: int) -> None:
        await asyncio.sleep(0)
        order.append(number)

    async def run_all() -> None:
        await asyncio.gather(*map(take_turn, range(6)))

    _run(Random(seed), run_all)
    return tuple(order)


def _run(chance: Random, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    loop = VirtualLoop(chance)
    loop.run_until_complete(work())
    loop.end()


def test_tasks_that_all_wait_for_each_other_are_no_endless_run(loop: VirtualLoop) -> None:
    with pytest.raises(NothingCanGoOnError):
        loop.run_until_complete(loop.create_future())
