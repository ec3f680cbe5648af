"""How many more requests CircleCI says this token may make (docs: api-developers-guide, rate limits)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

_REMAINING = re.compile(r"(?:x-)?ratelimit-remaining(?:-(?:second|minute|hour|day))?")
_NUMBER = re.compile(r"\d{1,12}")


@dataclass(frozen=True, slots=True)
class Budget:
    """`remaining` requests until `reset_at_s`, in seconds since the epoch (None when CircleCI did not say)."""

    remaining: int
    reset_at_s: float | None


def budget_in(headers: Mapping[str, str], now: datetime) -> Budget | None:
    """The tightest limit that the answer names: where both header families come, the lower one is enforced."""
    counts = [value for name, value in headers.items() if _REMAINING.fullmatch(name.lower())]
    remaining = [int(value) for value in counts if _NUMBER.fullmatch(value)]
    if not remaining:
        return None
    resets = [headers.get("ratelimit-reset", ""), headers.get("x-ratelimit-reset", "")]
    waits_s = [float(value) for value in resets if _NUMBER.fullmatch(value)]
    return Budget(min(remaining), now.timestamp() + max(waits_s) if waits_s else None)
