"""What many durations come to."""

from __future__ import annotations

from collections.abc import Iterable


def percentile_ms(took_s: Iterable[float], part: float) -> float:
    """The duration that `part` (0 to 1) of all do not exceed, in milliseconds."""
    ordered = sorted(took_s)
    return 1000 * ordered[min(int(len(ordered) * part), len(ordered) - 1)]
