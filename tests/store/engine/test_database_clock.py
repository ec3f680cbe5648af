"""Replicas tell the database's time, however wrong the clocks of their machines are."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import SystemClock
from bot.store.engine.database_clock import DatabaseClock, read_counter
from bot.store.store import Store


class Wrong:
    """A machine whose clock is off by so many seconds."""

    def __init__(self, off_s: float) -> None:
        self._off = timedelta(seconds=off_s)

    def now(self) -> datetime:
        return SystemClock().now() + self._off


class Counter:
    """Counts on by `step` whenever it is asked."""

    def __init__(self) -> None:
        self.counted, self.step = 100.0, 0.0

    def __call__(self) -> float:
        self.counted += self.step
        return self.counted


async def test_clocks_that_are_a_minute_apart_agree_once_the_database_has_spoken(
    store: Store, other_replica: Store
) -> None:
    early = DatabaseClock(store, machine=Wrong(-30))
    late = DatabaseClock(other_replica, machine=Wrong(30))
    assert late.now() - early.now() > timedelta(seconds=59)
    await early.tick()
    await late.tick()
    assert abs(late.now() - early.now()) < timedelta(seconds=2)
    assert abs(late.now() - await store.now()) < timedelta(seconds=2)


@pytest.mark.parametrize("off_s", [-30, 30])
async def test_a_machine_whose_clock_is_half_a_minute_off_neither_takes_a_living_lease_nor_waits_long_for_a_dead_one(
    store: Store, other_replica: Store, off_s: float
) -> None:
    right, wrong = DatabaseClock(store, machine=SystemClock()), DatabaseClock(other_replica, machine=Wrong(off_s))
    await right.tick()
    await wrong.tick()
    async with store.begin() as tx:
        await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=right.now())
        assert len(await tx.cards.claim(right.now(), 12, "right", limit=10)) == 1
    async with other_replica.begin() as tx:
        assert await tx.cards.claim(wrong.now() + timedelta(seconds=10), 12, "wrong", limit=10) == []
        assert len(await tx.cards.claim(wrong.now() + timedelta(seconds=14), 12, "wrong", limit=10)) == 1


async def test_it_counts_on_by_a_counter_that_nobody_sets(store: Store) -> None:
    counter = Counter()
    clock = DatabaseClock(store, machine=Wrong(3600), counter=counter)
    await clock.tick()
    before = clock.now()
    counter.counted += 20
    assert clock.now() - before == timedelta(seconds=20)
    assert clock.now().tzinfo is UTC


async def test_an_answer_that_took_long_changes_nothing(store: Store) -> None:
    counter = Counter()
    clock = DatabaseClock(store, machine=SystemClock(), counter=counter)
    await clock.tick()
    before = clock.now()
    counter.step = 5.0
    await clock.tick()
    counter.step = 0.0
    assert clock.now() - before == timedelta(seconds=10)


def test_the_counter_goes_on_while_the_machine_sleeps() -> None:
    """CLOCK_BOOTTIME counts what CLOCK_MONOTONIC leaves out (man clock_gettime)."""
    assert read_counter() >= time.monotonic() - 1.0
    if sys.platform == "linux":
        before = time.clock_gettime(time.CLOCK_BOOTTIME)
        assert before <= read_counter() <= time.clock_gettime(time.CLOCK_BOOTTIME)
