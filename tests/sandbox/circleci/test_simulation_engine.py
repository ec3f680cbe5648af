from __future__ import annotations

import asyncio
from datetime import timedelta

from sandbox.circleci.simulation_engine import SimulationEngine
from sandbox.virtual_clock import ManualClock


def test_what_is_due_happens_in_order_each_at_its_own_instant() -> None:
    clock = ManualClock()
    engine, start = SimulationEngine(clock), clock.now()
    happened: list[tuple[str, timedelta]] = []

    def note(name: str) -> None:
        happened.append((name, engine.now() - start))

    def first() -> None:
        note("first")
        engine.schedule_after(1, lambda: note("follows from the first"))

    engine.schedule_after(5, lambda: note("last"))
    engine.schedule_after(2, first)
    engine.advance(10)
    assert happened == [
        ("first", timedelta(seconds=2)),
        ("follows from the first", timedelta(seconds=3)),
        ("last", timedelta(seconds=5)),
    ]
    assert engine.now() - start == timedelta(seconds=10)


def test_nothing_happens_before_its_time() -> None:
    engine = SimulationEngine(ManualClock())
    happened: list[str] = []
    engine.schedule_after(5, lambda: happened.append("late"))
    engine.advance(4.9)
    assert happened == []
    engine.clear()
    engine.advance(60)
    assert happened == []


async def test_a_running_engine_lets_things_happen_by_itself() -> None:
    clock = ManualClock()
    engine = SimulationEngine(clock)
    running = asyncio.ensure_future(engine.run())
    happened = asyncio.Event()
    engine.schedule_after(5, happened.set)
    await asyncio.sleep(0)
    clock.advance(5)
    await asyncio.wait_for(happened.wait(), timeout=10)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert running.cancelled()
