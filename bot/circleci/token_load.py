"""How much of what a token may ask in an hour is asked, and when that becomes too much. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.language import _

PLANNED_AN_HOUR = 5000
"""Requests of one token an hour: CircleCI's planning figure (docs/api/v2/llms.txt), until its answers say another."""

_HEAVY = 0.8


@dataclass(frozen=True, slots=True)
class HourlyLoad:
    """`requests` of the last hour; `told` is CircleCI's own limit of an hour, where its answers say it."""

    requests: int
    known_limit: int | None = None

    @property
    def hourly_limit(self) -> int:
        return self.known_limit or PLANNED_AN_HOUR

    @property
    def remaining(self) -> int:
        return max(0, self.hourly_limit - self.requests)

    @property
    def used_share(self) -> float:
        return self.requests / self.hourly_limit

    @property
    def is_heavy(self) -> bool:
        """Before it is used up: time to ask for less."""
        return self.used_share >= _HEAVY

    def __str__(self) -> str:
        limit = (
            f"{self.hourly_limit:,}"
            if self.known_limit
            else _("{hourly_limit} (CircleCI's planning figure)", hourly_limit=f"{self.hourly_limit:,}")
        )
        return _(
            "{requests} requests in the last hour of {limit}, {remaining} left; {headroom}",
            requests=f"{self.requests:,}",
            limit=limit,
            remaining=f"{self.remaining:,}",
            headroom=self._format_headroom(),
        )

    def _format_headroom(self) -> str:
        """When its limit makes us slower."""
        if not self.remaining:
            return _("it is used up, so what happens is told late")
        if self.is_heavy:
            return _("it is nearly used up, and then what happens is told late")
        if self.requests * 20 <= self.hourly_limit:
            return _("it has room for twenty times as much")
        return _(
            "it is used up at {hourly_limit} times as much", hourly_limit=f"{self.hourly_limit / self.requests:.1f}"
        )
