"""Rate limits: token buckets (slack docs: rate limits)."""

from __future__ import annotations

import math

from sandbox.slack.fake_slack_errors import FakeSlackError
from sandbox.virtual_clock import SandboxClock

# Calls a minute of each tier; all of a minute's calls may come at once.
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
# "Generally one message per second per channel, short bursts are fine": this many at once.
POST_BURST = 4
# A second between two sums of binary fractions may come out as 0.9999999999999.
_DECIMALS = 6


class MethodRateLimits:
    """One bucket per method, and one per channel for posts; the clock's seconds refill them."""

    def __init__(self, clock: SandboxClock, *, on: bool) -> None:
        self._clock = clock
        self._on = on
        self._levels: dict[str, tuple[float, float]] = {}

    def count_call(self, method: str, tier: int) -> None:
        """Count one call of a method. Raises FakeSlackError (429) when its minute is used up."""
        self._take(method, burst=TIERS[tier], per_s=TIERS[tier] / 60)

    def count_post(self, channel: str) -> None:
        """Count one message to a channel. Raises FakeSlackError (429) above one a second."""
        self._take(f"post to {channel}", burst=POST_BURST, per_s=1.0)

    def _take(self, bucket: str, *, burst: int, per_s: float) -> None:
        now_s = self._clock.monotonic()
        level, filled_s = self._levels.get(bucket, (float(burst), now_s))
        level = min(float(burst), round(level + (now_s - filled_s) * per_s, _DECIMALS))
        if self._on and level < 1:
            wait_s = math.ceil((1 - level) / per_s)
            raise FakeSlackError("ratelimited", status=429, headers={"Retry-After": str(wait_s)})
        self._levels[bucket] = (level - 1, now_s)
