"""A time that comes again each week or each day, by a zone's wall clock: `fri 16:00-mon 08:00 Europe/Berlin`. Pure.

Only what the clocks of the zone show is compared. So a window begins and ends when they show it, in the weeks in which
they are put forward or back, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.errors import UsageError
from bot.language import _
from bot.mrkdwn import as_code
from bot.rules.quiet_hours import parse_time, parse_zone

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class WeeklyWindow:
    """From `since` up to `until`, over midnight or Sunday if need be. Without days it is every day."""

    since: time
    until: time
    zone: str
    since_day: int | None = None
    until_day: int | None = None

    def covers(self, at: datetime) -> bool:
        """Whether it holds at this moment."""
        here = at.astimezone(ZoneInfo(self.zone))
        now = _count_minutes(here.time(), None if self.since_day is None else here.weekday())
        since, until = _count_minutes(self.since, self.since_day), _count_minutes(self.until, self.until_day)
        return since <= now < until if since < until else now >= since or now < until

    def __str__(self) -> str:
        """What `parse_window` reads."""
        return f"{_format_end(self.since, self.since_day)}-{_format_end(self.until, self.until_day)} {self.zone}"


def parse_window(text: str) -> WeeklyWindow:
    """`fri 16:00-mon 08:00 Europe/Berlin`, or `22:00-06:00` for every day (UTC without a zone). Raises UsageError."""
    hours, dash, rest = text.strip()[:100].replace("–", "-").partition("-")  # noqa: RUF001 - what phones make of a dash
    words = rest.split()
    count = 2 if words and words[0][:3].casefold() in _DAYS else 1
    since_day, since = _parse_end(hours)
    until_day, until = _parse_end(" ".join(words[:count]))
    if not dash or (since_day is None) != (until_day is None) or (since, since_day) == (until, until_day):
        raise UsageError(
            _(
                "{text} does not say when: write it like `fri 16:00-mon 08:00 Europe/Berlin`.",
                text=as_code(text, 50),
            )
        )
    return WeeklyWindow(since, until, parse_zone(" ".join(words[count:]) or "UTC"), since_day, until_day)


def _parse_end(text: str) -> tuple[int | None, time]:
    words = text.split()
    day = words[0][:3].casefold() if words else ""
    if day in _DAYS:
        return _DAYS.index(day), parse_time(" ".join(words[1:]))
    return None, parse_time(text)


def _format_end(at: time, day: int | None) -> str:
    return f"{at:%H:%M}" if day is None else f"{_DAYS[day]} {at:%H:%M}"


def _count_minutes(at: time, day: int | None) -> int:
    return (day or 0) * _DAY_MINUTES + at.hour * 60 + at.minute
