"""How late the event loop is: whatever holds it up, everything else in this process waits so long."""

from __future__ import annotations

import time
from collections.abc import Callable

_EVERY_S = 1.0


class LoopLagMeter:
    """The tick of a loop that does nothing but sleep; `observe` is told how much longer than asked that took."""

    def __init__(self, observe: Callable[[float], None], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._observe = observe
        self._clock = clock
        self._due_at_s: float | None = None

    async def tick(self) -> float:
        now_s = self._clock()
        if self._due_at_s is not None:
            self._observe(max(0.0, now_s - self._due_at_s))
        self._due_at_s = now_s + _EVERY_S
        return _EVERY_S
