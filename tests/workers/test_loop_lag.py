from __future__ import annotations

from bot.workers.loop_lag import LoopLagMeter


async def test_what_is_late_is_what_was_slept_too_long() -> None:
    late: list[float] = []
    moments = iter([10.0, 11.25, 12.25])
    meter = LoopLagMeter(late.append, clock=lambda: next(moments))
    assert [await meter.tick() for _ in range(3)] == [1.0] * 3
    assert late == [0.25, 0.0]
