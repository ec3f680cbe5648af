from __future__ import annotations

import asyncio
import gc
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bot.workers.loop import BackgroundTasks, Wakeup, WorkerLoop
from tests.simulation.virtual_loop import VirtualLoop


async def test_stopping_waits_for_what_runs_and_for_what_that_began() -> None:
    tasks, done = BackgroundTasks(), []

    async def second() -> None:
        await asyncio.sleep(0)
        done.append("second")

    async def first() -> None:
        await asyncio.sleep(0)
        tasks.start(second())
        done.append("first")

    tasks.start(first())
    await tasks.drain(30)
    assert done == ["first", "second"]
    assert not tasks


def test_who_cleans_up_for_long_holds_no_end_of_a_process_up() -> None:
    """Found by the simulation: a SIGTERM while the database is away."""

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.Event().wait()

    async def stop() -> None:
        tasks = BackgroundTasks()
        tasks.start(work())
        await tasks.drain(1)

    loop = VirtualLoop(Random(1))
    loop.run_until_complete(stop())
    assert loop.time() < 2
    loop.end()


async def test_what_fails_once_nobody_waits_for_it_any_more_says_nothing() -> None:
    """Found by the simulation: a claim that is given back when the database has been away for long."""
    tasks, said = BackgroundTasks(), list[object]()
    away, ended = asyncio.Event(), asyncio.Event()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await away.wait()
            ended.set()
            raise OSError("gone")

    tasks.start(work())
    await tasks.drain(0.01)
    away.set()
    await ended.wait()
    await tasks.drain(0.01)
    gc.collect()
    assert not said


async def test_what_does_not_end_in_time_is_cancelled_with_what_it_began() -> None:
    tasks, ended = BackgroundTasks(), []

    async def endless(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)

    async def beginning() -> None:
        tasks.start(endless("begun"))
        await endless("beginner")

    tasks.start(beginning())
    await tasks.drain(0.01)
    assert sorted(ended) == ["beginner", "begun"]
    assert not tasks


async def test_stopping_with_nothing_running_takes_no_time() -> None:
    async with asyncio.timeout(5):
        await BackgroundTasks().drain(3600)


@pytest.mark.parametrize("within_s", [0.0, 0.01])
async def test_what_fails_meanwhile_stops_nobody(within_s: float) -> None:
    async def failing() -> None:
        raise OSError("gone")

    tasks = BackgroundTasks()
    tasks.start(failing())
    await tasks.drain(within_s)
    assert not tasks


class MovedClock:
    moment = datetime(2026, 1, 5, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


async def test_a_loop_is_as_old_as_its_last_good_turn() -> None:
    async def tick() -> float:
        loop.stop()
        clock.moment += timedelta(seconds=7)
        if fails:
            raise OSError("gone")
        return 60.0

    clock, fails = MovedClock(), True
    loop = WorkerLoop("poller", tick=tick, wakeup=Wakeup(), clock=clock)
    assert loop.get_age_s() is None, "it does not run here"
    await loop.run()
    assert (loop.get_age_s(), loop.rest_s) == (7.0, 0.0), "since it began"
    fails, loop = False, WorkerLoop("poller", tick=tick, wakeup=Wakeup(), clock=clock)
    await loop.run()
    clock.moment += timedelta(seconds=5)
    assert (loop.get_age_s(), loop.rest_s) == (5.0, 60.0)
