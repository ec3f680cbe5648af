"""What is due is worked on, a few at once, whatever becomes of each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.notify.poll.leased_worker import LeasedWorker
from bot.store.org_polls import OrgPoll
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from bot.workers.loop import BackgroundTasks
from tests.plugins.database import create_database
from tests.plugins.delivery_harness import FakeClock

Work = Callable[[OrgPoll], Awaitable[None]]


class WorkerHarness:
    def __init__(self, store: Store) -> None:
        self.store, self.clock, self.tasks, self.wakes = store, FakeClock(), BackgroundTasks(), 0

    def build_worker(self, work: Work, *, holder: str = "one", at_once: int = 2) -> LeasedWorker[OrgPoll]:
        return LeasedWorker(
            store=self.store,
            repository=lambda tx: tx.org_polls,
            key=lambda listing: listing.org,
            work=work,
            at_once=at_once,
            sleep_at_most_s=1.0,
            holder=holder,
            clock=self.clock,
            tasks=self.tasks,
            wake=self._wake,
        )

    def _wake(self) -> None:
        self.wakes += 1

    async def settle(self, listing: OrgPoll) -> None:
        async with self.store.begin() as tx:
            await tx.org_polls.settle(listing.org, self.clock.now() + timedelta(seconds=0.4), 0)


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[WorkerHarness]:
    store = Store(await create_database(tmp_path), Vault([generate_key()]))
    one = WorkerHarness(store)
    async with store.begin() as tx:
        for org in ("gh/a", "gh/b", "gh/c"):
            await tx.org_polls.insert(org, one.clock.now())
    yield one
    await store.close()


async def test_a_few_are_worked_on_at_once_and_the_others_when_there_is_room(harness: WorkerHarness) -> None:
    begun, go_on = [], asyncio.Event()

    async def work(listing: OrgPoll) -> None:
        begun.append(listing.org)
        await go_on.wait()
        await harness.settle(listing)

    worker = harness.build_worker(work)
    await worker.tick()
    await asyncio.sleep(0)
    assert await worker.tick() == 1.0
    assert len(begun) == 2
    go_on.set()
    await harness.tasks.drain(30)
    assert harness.wakes == 2
    await worker.tick()
    await harness.tasks.drain(30)
    assert sorted(begun) == ["gh/a", "gh/b", "gh/c"]
    assert await worker.tick() == pytest.approx(0.4), "until the next is due"


async def test_work_that_fails_is_repeated_by_another_process_when_its_lease_is_over(harness: WorkerHarness) -> None:
    repeated = []

    async def fail(listing: OrgPoll) -> None:
        raise OSError(listing.org)

    async def repeat(listing: OrgPoll) -> None:
        repeated.append(listing.org)
        await harness.settle(listing)

    worker, other = harness.build_worker(fail, at_once=3), harness.build_worker(repeat, holder="two", at_once=3)
    await worker.tick()
    await harness.tasks.drain(30)
    assert (await other.tick(), repeated) == (1.0, [])
    harness.clock.advance(14)
    await other.tick()
    await harness.tasks.drain(30)
    assert sorted(repeated) == ["gh/a", "gh/b", "gh/c"]
