from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.virtual_clock import ManualClock, RealClock


async def test_a_manual_clock_stands_still_until_it_is_moved() -> None:
    clock = ManualClock(datetime(2026, 1, 2, tzinfo=UTC))
    assert clock.now() == clock.now() == datetime(2026, 1, 2, tzinfo=UTC)
    clock.advance(90)
    assert clock.now() == datetime(2026, 1, 2, 0, 1, 30, tzinfo=UTC)
    assert clock.monotonic() == 90.0


async def test_a_sleeper_wakes_only_when_the_jumps_add_up() -> None:
    clock = ManualClock()
    sleeper = asyncio.ensure_future(clock.sleep_s(10))
    await asyncio.sleep(0)
    clock.advance(4)
    await asyncio.sleep(0)
    assert not sleeper.done()
    clock.advance(6)
    await sleeper


async def test_the_wall_clock_can_jump_and_wakes_its_sleepers() -> None:
    clock = RealClock()
    before = clock.now()
    sleeper = asyncio.ensure_future(clock.sleep_s(86_400))
    await asyncio.sleep(0)
    clock.advance(86_400)
    await sleeper
    assert timedelta(days=1) <= clock.now() - before < timedelta(days=2)
    assert clock.now().tzinfo is UTC


async def test_a_fast_clock_sleeps_a_day_in_no_time() -> None:
    clock = RealClock(speed=10_000_000)
    before_s = clock.monotonic()
    await clock.sleep_s(86_400)
    assert clock.monotonic() - before_s >= 86_400


def test_a_clock_that_would_never_move_is_refused() -> None:
    with pytest.raises(ValueError, match="speed must be above zero, not 0"):
        RealClock(speed=0)
