"""How many more requests CircleCI says this token may make (docs: api-developers-guide, rate limits)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

_PER = ("", "-second", "-minute", "-hour", "-day")
_REMAINING = frozenset(f"{x}ratelimit-remaining{per}" for x in ("", "x-") for per in _PER)
_LIMIT = frozenset(f"{x}ratelimit-limit{per}" for x in ("", "x-") for per in _PER)
_AN_HOUR = frozenset({"ratelimit-limit-hour", "x-ratelimit-limit-hour"})
_LONGEST_NUMBER = 12


@dataclass(frozen=True, slots=True)
class Budget:
    """`remaining` requests until `reset_at_s`, in seconds since the epoch (None when CircleCI did not say).

    `limit` is how many there are from one reset to the next, `an_hour` how many in an hour, where CircleCI says it.
    """

    remaining: int
    reset_at_s: float | None
    limit: int | None = None
    hourly_limit: int | None = None

    def count_seconds_left(self, now: datetime) -> float:
        """Seconds until the reset; 0 when it is over, or unknown: then the budget no longer counts."""
        return max(0.0, self.reset_at_s - now.timestamp()) if self.reset_at_s is not None else 0.0

    def get_spare(self, kept: float) -> int:
        """The requests that remain when `kept`, a part of the limit (0 to 1), is left to others."""
        return max(0, self.remaining - int((self.limit or 0) * kept))


def parse_budget(headers: Mapping[str, str], now: datetime) -> Budget | None:
    """The tightest limit that the answer names: where both header families come, the lower one is enforced."""
    said = {name: value for key, value in headers.items() if "ratelimit" in (name := key.lower())}
    remaining = _parse_numbers(said, _REMAINING)
    if not remaining:
        return None
    resets = [said.get("ratelimit-reset", ""), said.get("x-ratelimit-reset", "")]
    waits_s = [float(value) for value in resets if _is_number(value)]
    reset_at_s = now.timestamp() + max(waits_s) if waits_s else None
    an_hour = min(_parse_numbers(said, _AN_HOUR), default=None)
    return Budget(min(remaining), reset_at_s, min(_parse_numbers(said, _LIMIT), default=None), an_hour)


def _parse_numbers(said: Mapping[str, str], names: frozenset[str]) -> list[int]:
    return [int(value) for name, value in said.items() if name in names and _is_number(value)]


def _is_number(value: str) -> bool:
    return len(value) <= _LONGEST_NUMBER and value.isascii() and value.isdigit()
