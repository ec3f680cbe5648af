from __future__ import annotations

import asyncio
from functools import partial

from sandbox.changes import Changes
from sandbox.circleci.autopilot import run_autopilot
from sandbox.circleci.fake_circleci import FakeCircleci
from sandbox.faults import Faults
from sandbox.virtual_clock import ManualClock


async def test_the_autopilot_pushes_now_and_then_by_the_wall_clock() -> None:
    wall, changes = ManualClock(), Changes()
    world = FakeCircleci(
        clock=ManualClock(), changes=changes, faults=Faults(wall), pilot=partial(run_autopilot, wall=wall)
    )
    async with world.running():
        await asyncio.sleep(0)
        seen = changes.seq
        wall.advance(44)
        assert world.archive.list_pipelines() == []
        wall.advance(46)
        await changes.wait_after(seen, timeout_s=10)
    [newest] = world.archive.list_pipelines()
    assert (newest.trigger_type, newest.actor.login in {"lin", "omar", "grace"}) == ("webhook", True)


async def test_without_an_autopilot_nothing_starts_by_itself() -> None:
    wall = ManualClock()
    world = FakeCircleci(clock=ManualClock(), changes=Changes(), faults=Faults(wall))
    async with world.running():
        await asyncio.sleep(0)
        wall.advance(600)
        await asyncio.sleep(0)
    assert world.archive.list_pipelines() == []
