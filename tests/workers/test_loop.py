from __future__ import annotations

import asyncio

import pytest

from bot.workers.loop import BackgroundTasks


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
