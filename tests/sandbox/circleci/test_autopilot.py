from __future__ import annotations

import asyncio
from functools import partial

from sandbox.changes import Changes
from sandbox.circleci.autopilot import run_autopilot
from sandbox.circleci.fake_circleci import FakeCircleci
from sandbox.faults import Faults
from sandbox.virtual_clock import ManualClock


async def test_the_autopilot_pushes_now_and_then_by_the_wall_clock() -> None:
    real_clock, changes = ManualClock(), Changes()
    world = FakeCircleci(
        clock=ManualClock(),
        changes=changes,
        faults=Faults(real_clock),
        autopilot=partial(run_autopilot, clock=real_clock),
    )
    async with world.running():
        await asyncio.sleep(0)
        seen = changes.seq
        real_clock.advance(44)
        assert world.archive.list_pipelines() == []
        real_clock.advance(46)
        await changes.wait_after(seen, timeout_s=10)
    [newest] = world.archive.list_pipelines()
    assert (newest.trigger_type, newest.actor.login in {"lin", "omar", "grace"}) == ("webhook", True)


async def test_without_an_autopilot_nothing_starts_by_itself() -> None:
    real_clock = ManualClock()
    world = FakeCircleci(clock=ManualClock(), changes=Changes(), faults=Faults(real_clock))
    async with world.running():
        await asyncio.sleep(0)
        real_clock.advance(600)
        await asyncio.sleep(0)
    assert world.archive.list_pipelines() == []
