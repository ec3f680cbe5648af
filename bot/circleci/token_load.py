"""How much of what a token may ask in an hour is asked, and when that becomes too much. Pure."""

from __future__ import annotations

from dataclasses import dataclass

PLANNED_AN_HOUR = 5000
"""Requests of one token an hour: CircleCI's planning figure (docs/api/v2/llms.txt), until its answers say another."""

_HEAVY = 0.8


@dataclass(frozen=True, slots=True)
class Load:
    """`requests` of the last hour; `told` is CircleCI's own limit of an hour, where its answers say it."""

    requests: int
    told: int | None = None

    @property
    def an_hour(self) -> int:
        return self.told or PLANNED_AN_HOUR

    @property
    def left(self) -> int:
        return max(0, self.an_hour - self.requests)

    @property
    def part(self) -> float:
        return self.requests / self.an_hour

    @property
    def is_heavy(self) -> bool:
        """Before it is used up: time to ask for less."""
        return self.part >= _HEAVY

    def __str__(self) -> str:
        limit = f"{self.an_hour:,}" if self.told else f"{self.an_hour:,} (CircleCI's planning figure)"
        return f"{self.requests:,} requests in the last hour of {limit}, {self.left:,} left; {self._binds()}"

    def _binds(self) -> str:
        """When its limit makes us slower."""
        if not self.left:
            return "it is used up, so what happens is told late"
        if self.is_heavy:
            return "it is nearly used up, and then what happens is told late"
        if self.requests * 20 <= self.an_hour:
            return "it has room for twenty times as much"
        return f"it is used up at {self.an_hour / self.requests:.1f} times as much"
