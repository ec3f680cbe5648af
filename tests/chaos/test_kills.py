"""Workers die at every step, and at random, over five hundred outcomes: nothing is lost, and nothing said twice.

Where Slack's history may not be read, one message for each death may be. `CIRCLEBOT_SOAK=20` lets many more die.
"""

from __future__ import annotations

import asyncio
import os
import random
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.failpoint import STEPS
from bot.slack.scopes import OPTIONAL_SCOPES
from tests.plugins.chaos_harness import count_duplicates, run_chaos_harness
from tests.plugins.database import create_database

STORMS = int(os.environ.get("CIRCLEBOT_SOAK", "1"))


@pytest.fixture
async def sqlite_url(tmp_path: Path) -> str:
    return await create_database(tmp_path)


async def test_dying_at_every_step_loses_nothing_and_repeats_nothing(sqlite_url: str, tmp_path: Path) -> None:
    async with run_chaos_harness(sqlite_url, tmp_path) as harness:
        for times, step in enumerate(STEPS, 1):
            await harness.enqueue_outcomes(18, pushes=2)
            await harness.crash_at(f"{step}@{min(times, 2)}")
        async with harness.run_bot("worker"):
            said = await harness.wait_until_delivered()
    assert (harness.kills, harness.outcomes) == (len(STEPS), 120)
    assert count_duplicates(said) == 0, said.most_common(5)
    assert harness.list_refused_steps() == []


async def test_two_workers_share_the_work_of_those_who_die_beside_them(postgres_url: str, tmp_path: Path) -> None:
    async with run_chaos_harness(postgres_url, tmp_path) as harness, AsyncExitStack() as workers:
        await harness.enqueue_outcomes(8, pushes=1)
        await harness.crash_at(
            "publish.before_commit"
        )  # alone, since of several any may be the one that polls a project
        for _ in range(2):
            await workers.enter_async_context(harness.run_bot("worker"))
        dying = [
            asyncio.create_task(harness.crash_at(step)) for step in ("delivery.after_claim", "delivery.after_send")
        ]
        while not all(task.done() for task in dying):
            await harness.enqueue_outcomes(8, pushes=1)
            await asyncio.wait(dying, timeout=0.3)
        await asyncio.gather(*dying)
        await harness.enqueue_outcomes(max(0, 220 - harness.outcomes))
        said = await harness.wait_until_delivered()
    assert harness.kills == 3
    assert count_duplicates(said) == 0, said.most_common(5)
    assert harness.list_refused_steps() == []


@pytest.mark.parametrize("seed", range(STORMS))
async def test_a_worker_killed_at_random_loses_nothing_and_repeats_nothing(
    seed: int, sqlite_url: str, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    async with run_chaos_harness(sqlite_url, tmp_path) as harness:
        for _ in range(3):
            await harness.enqueue_outcomes(32, pushes=1)
            await harness.kill_after(chance.randint(1, 20))
        async with harness.run_bot("worker"):
            said = await harness.wait_until_delivered()
    assert (harness.kills, harness.outcomes) == (3, 99)
    assert count_duplicates(said) == 0, said.most_common(5)
    assert harness.list_refused_steps() == []


async def test_where_history_may_not_be_read_each_death_repeats_one_message_at_most(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with run_chaos_harness(sqlite_url, tmp_path, declined=OPTIONAL_SCOPES) as harness:
        await harness.enqueue_outcomes(40)
        await harness.crash_at("delivery.after_send@5")
        await harness.enqueue_outcomes(40)
        await harness.kill_after(10)
        async with harness.run_bot("worker"):
            said = await harness.wait_until_delivered()
    assert (harness.kills, harness.outcomes) == (2, 80)
    assert 1 <= count_duplicates(said) <= harness.kills, said.most_common(5)
    assert harness.list_refused_steps(may_look=False) == []
