"""A channel's hours: its time zone, when it wants no news, and at what times a digest comes. Pure.

A time of day is one of the channel's own wall clock. Where a clock is put forward or back, what falls into the missing
hour comes an hour later, and what falls into the doubled one comes the first time (PEP 495, `fold`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import UsageError
from bot.language import _
from bot.language.formats import join_or
from bot.language.time_words import FROM, HOURLY, UNTIL, get_meaning
from bot.mrkdwn import as_code

HALVES = ("am", "pm", "o'clock")
"""What may follow a time of day."""
_TIME = re.compile(r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?\s*(?P<half>[a-z']{2,7})?", re.IGNORECASE)
_JOINED = {UNTIL: "-", FROM: ""}
_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class QuietHours:
    """`quiet` is from when to when no news is posted, over midnight if need be; on `weekends` all day."""

    zone: str = "UTC"
    quiet: tuple[time, time] | None = None
    weekends: bool = False

    @property
    def is_ever_quiet(self) -> bool:
        """Whether it is ever quiet."""
        return self.weekends or self.quiet is not None

    def find_quiet_end(self, now: datetime) -> datetime | None:
        """When the quiet that holds now ends, nights and weekends that meet taken together; None when none holds."""
        end = now
        while longer := max(
            (until for since, until in self._list_quiet_periods(end) if since <= end < until), default=None
        ):
            end = longer
        return end if end > now else None

    def get_next_digest(self, times: Sequence[str], now: datetime) -> datetime:
        """The next of these times of day (or the next full hour) after `now`."""
        if HOURLY in times:
            return _get_next_full_hour(now.astimezone(ZoneInfo(self.zone))).astimezone(UTC)
        today = self._day(now)
        moments = (self._at(today + day * _DAY, parse_time(text)) for day in range(3) for text in times)
        return min(moment for moment in moments if moment > now)

    def _list_quiet_periods(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Every quiet night and weekend that could hold now."""
        today = self._day(now)
        for day in (today - 2 * _DAY, today - _DAY, today, today + _DAY):
            if self.quiet:
                since, until = self.quiet
                yield self._at(day, since), self._at(day if since < until else day + _DAY, until)
            if self.weekends and day.weekday() >= _SATURDAY:
                yield self._at(day, time()), self._at(day + _DAY, time())

    def _day(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.zone)).date()

    def _at(self, day: date, at: time) -> datetime:
        return to_utc(day, at, self.zone)


def to_utc(day: date, at: time, zone: str, *, after: datetime | None = None) -> datetime:
    """The moment when the clocks of this zone show this: where they are put back, the first that is `after` then."""
    first, second = (
        datetime.combine(day, at.replace(fold=fold), tzinfo=ZoneInfo(zone)).astimezone(UTC) for fold in (0, 1)
    )
    return second if after is not None and first <= after < second else first


def _get_next_full_hour(here: datetime) -> datetime:
    """The next, by the zone's own minutes (some are half an hour off UTC); hours last 3,600 s whatever clocks do."""
    past = timedelta(minutes=here.minute, seconds=here.second, microseconds=here.microsecond)
    return here.astimezone(UTC) - past + timedelta(hours=1)


def parse_time(text: str) -> time:
    """A time of day: `09:00`, `9`, `5pm`, `14 Uhr`. Raises UsageError."""
    found = _TIME.fullmatch(text.strip())
    if found and (not found["half"] or get_meaning(found["half"]) in HALVES):
        hour, minute = int(found["hour"]), int(found["minute"] or 0)
        half = get_meaning(found["half"] or "").removesuffix(HALVES[2])
        if (not half or 1 <= hour <= 12) and minute < 60:
            hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
            if hour < 24:
                return time(hour, minute)
    raise UsageError(_("{text} is not a time of day: write it like `09:00`, `17:30` or `5pm`.", text=as_code(text, 50)))


def parse_quiet_hours(text: str) -> tuple[time, time]:
    """From when to when: `22:00-08:00`, `22 to 8`, `von 22 bis 8 Uhr`. Raises UsageError."""
    words = [_JOINED.get(get_meaning(word), word) for word in text.replace("–", "-").split(maxsplit=8)]  # noqa: RUF001 - what phones make of a dash
    since, dash, until = " ".join(words).partition("-")
    if not (dash and since.strip() and until.strip()):
        raise UsageError(_("{text} does not say hours: write them like `22:00-08:00`.", text=as_code(text, 50)))
    hours = parse_time(since), parse_time(until)
    if hours[0] == hours[1]:
        raise UsageError(_("Quiet hours need a start and a different end, like `22:00-08:00`."))
    return hours


def format_quiet_hours(hours: tuple[time, time]) -> str:
    """The inverse of `parse_quiet_hours`."""
    return "-".join(f"{at:%H:%M}" for at in hours)


def parse_zone(text: str) -> str:
    """The name of a time zone as the IANA database spells it, or by its city. Raises UsageError."""
    wanted = text.strip().replace(" ", "_").casefold()
    known = _load_zones()
    if name := known.get(wanted):
        return name
    cities = [name for folded, name in known.items() if folded.rpartition("/")[2] == wanted]
    if len(cities) == 1:
        return cities[0]
    near = [known[folded] for folded in get_close_matches(wanted, known, n=1)] or sorted(cities)[:3]
    said = [_("I do not know the time zone {zone}.", zone=as_code(text, 60))]
    said += [_("Did you mean {zones}?", zones=join_or(list(map(as_code, near))))] if near else []
    misread = (text, near[0]) if len(near) == 1 else None
    raise UsageError(" ".join(said), _("Zones are like `Europe/Berlin` or `UTC`."), misread=misread)


@cache
def _load_zones() -> dict[str, str]:
    return {name.casefold(): name for name in sorted(available_timezones())}
