"""How much of what a token may ask in an hour is asked, and when that becomes too much. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.language import _, ngettext
from bot.language.formats import format_number

PLANNED_AN_HOUR = 5000
"""Requests of one token an hour: CircleCI's planning figure (docs/api/v2/llms.txt), until its answers say another."""

_HEAVY = 0.8


@dataclass(frozen=True, slots=True)
class HourlyLoad:
    """`requests` of the last hour; `known_limit` is CircleCI's own limit of an hour, where its answers say it."""

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
        return f"{self._format_requests()}; {self._format_headroom()}"

    def _format_requests(self) -> str:
        values = {"limit": format_number(self.hourly_limit), "remaining": format_number(self.remaining)}
        if self.known_limit:
            return ngettext(
                "{count} request in the last hour of {limit}, {remaining} left",
                "{count} requests in the last hour of {limit}, {remaining} left",
                self.requests,
                **values,
            )
        return ngettext(
            "{count} request in the last hour of {limit} (CircleCI's planning figure), {remaining} left",
            "{count} requests in the last hour of {limit} (CircleCI's planning figure), {remaining} left",
            self.requests,
            **values,
        )

    def _format_headroom(self) -> str:
        """When its limit makes us slower."""
        if not self.remaining:
            return _("it is used up, so that messages come late")
        if self.is_heavy:
            return _("it is nearly used up, and then messages come late")
        if self.requests * 20 <= self.hourly_limit:
            return _("it has room for twenty times as much")
        return _("it is used up at {times} times as much", times=format_number(self.hourly_limit / self.requests, 1))
