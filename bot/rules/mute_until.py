"""When a mute or freeze ends: `2h`, `until 17:00`, `until monday`, `until 2026-12-24 9:00`, `bis morgen 14 Uhr`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import UsageError
from bot.language import N_, _
from bot.language.time_words import AT, FOR, TOMORROW, UNTIL, WEEKDAYS, find_weekday, get_meaning
from bot.mrkdwn import as_code
from bot.rules.durations import find_span
from bot.rules.quiet_hours import HALVES, parse_time, to_utc

LONGEST = timedelta(days=30)
"""For longer than this one changes the rule instead."""

_MORNING = time(9)
"""What `until monday` means on that day; Slack's own reminders have the same hour."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_WORDS = 4
"""Of a span: `1 hour 30 minutes`."""


@dataclass(frozen=True, slots=True)
class EndTime:
    """After `span`; when a clock next shows `at`; or at that time of `day` (`tomorrow`, `monday`) or `date`.

    Without a time a day or a date means its morning.
    """

    span: timedelta | None = None
    at: time | None = None
    day: str | None = None
    date: date | None = None

    @classmethod
    def parse(cls, words: Sequence[str]) -> tuple[EndTime, tuple[str, ...]]:
        """What the first words say, in any of our languages, and the words that follow. Raises UsageError."""
        begun = get_meaning(words[0]) if words else ""
        said = tuple(words[1:] if begun in {UNTIL, FOR} else words)
        if not said:
            raise UsageError(_("Until when?"), _(_HOW))
        if begun != UNTIL and (found := _take_span(said)):
            return cls(span=_check_length(found[0])), found[1]
        if begun == UNTIL and (on := _find_date(said[0])):
            at, rest = _take_time_of_day(said[1:])
            return cls(at=at, date=on), rest
        day = find_weekday(said[0]) if begun == UNTIL or get_meaning(said[0]) in WEEKDAYS else None
        if day or get_meaning(said[0]) == TOMORROW:
            at, rest = _take_time_of_day(said[1:])
            return cls(at=at, day=day or TOMORROW), rest
        if begun != UNTIL:
            raise UsageError(_("{text} is not a time.", text=as_code(said[0].lower(), 50)), _(_HOW))
        at, rest = _take_time(said)
        return cls(at=at), rest

    def to_datetime(self, now: datetime, zone: str) -> datetime:
        """When that is, by the clocks of this zone."""
        if self.span is not None:
            return now + self.span
        if self.date is not None:
            return to_utc(self.date, self.at or _MORNING, zone, after=now)
        today = now.astimezone(ZoneInfo(zone)).date()
        if self.at is not None and self.day is None:
            here = to_utc(today, self.at, zone, after=now)
            return here if here > now else to_utc(today + timedelta(days=1), self.at, zone)
        ahead = 1 if self.day == TOMORROW else (WEEKDAYS.index(str(self.day)) - today.weekday() - 1) % 7 + 1
        return to_utc(today + timedelta(days=ahead), self.at or _MORNING, zone)


def _find_date(word: str) -> date | None:
    """`2026-12-24`. Raises UsageError for one that no calendar has."""
    if not _DATE.fullmatch(word):
        return None
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise UsageError(_("{text} is not a date.", text=as_code(word, 50)), _(_HOW)) from None


def _take_span(words: tuple[str, ...]) -> tuple[timedelta, tuple[str, ...]] | None:
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        if (span := find_span(" ".join(words[:count]))) is not None:
            return span, words[count:]
    return None


def _take_time(words: tuple[str, ...]) -> tuple[time, tuple[str, ...]]:
    """`17:00`, `at 5 pm`, `um 14 Uhr`. Raises UsageError."""
    words = words[1:] if len(words) > 1 and get_meaning(words[0]) == AT else words
    count = 2 if len(words) > 1 and get_meaning(words[1]) in HALVES else 1
    return parse_time(" ".join(words[:count])), words[count:]


def _take_time_of_day(words: tuple[str, ...]) -> tuple[time | None, tuple[str, ...]]:
    """After a day: a number alone is a rule's."""
    if not words:
        return None, words
    is_clock = ":" in words[0] and words[0][:1].isdigit()
    if is_clock or get_meaning(words[0]) == AT or (len(words) > 1 and get_meaning(words[1]) in HALVES):
        return _take_time(words)
    return None, words


def _check_length(span: timedelta) -> timedelta:
    if not timedelta(minutes=1) <= span <= LONGEST:
        raise UsageError(_("That lasts a minute at least and 30 days at most."), _(_HOW))
    return span


_HOW = N_("Say `30m`, `2h`, `1d`, `until 17:00`, `until tomorrow` or `until monday`.")
