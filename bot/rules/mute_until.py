"""When a mute ends: `2h`, `30m`, `until 17:00`, `until tomorrow`, `until monday`. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import UsageError
from bot.language import N_, _
from bot.mrkdwn import as_code
from bot.rules.durations import find_span
from bot.rules.quiet_hours import parse_time, to_utc

LONGEST = timedelta(days=30)
"""For longer than this one changes the rule instead."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MORNING = time(9)
"""What `until monday` means on that day; Slack's own reminders have the same hour."""


@dataclass(frozen=True, slots=True)
class EndTime:
    """One of three: after `span`; when a clock next shows `at`; in the morning of `day` (`tomorrow`, `monday`)."""

    span: timedelta | None = None
    at: time | None = None
    day: str | None = None

    @classmethod
    def parse(cls, words: Sequence[str]) -> tuple[EndTime, tuple[str, ...]]:
        """What the first words say, and the words that follow. Raises UsageError."""
        first, *rest = [word.lower() for word in words] or [""]
        if first in {"until", "till"} and rest:
            return cls._parse_until(words[1]), tuple(words[2:])
        if first in {"for", "until", "till"}:
            first, words = (rest or [""])[0], words[1:]
        if (span := find_span(first)) is not None:
            return cls(span=_check_length(span)), tuple(words[1:])
        if first == "tomorrow" or first in _DAYS:
            return cls(day=first), tuple(words[1:])
        raise UsageError(_("{text} is not a time.", text=as_code(first, 50)) if first else _("Until when?"), _(_HOW))

    @classmethod
    def _parse_until(cls, word: str) -> EndTime:
        day = next((day for day in _DAYS if len(word) >= 3 and day.startswith(word.lower())), word.lower())
        return cls(day=day) if day == "tomorrow" or day in _DAYS else cls(at=parse_time(word))

    def to_datetime(self, now: datetime, zone: str) -> datetime:
        """When that is, by the clocks of this zone."""
        if self.span is not None:
            return now + self.span
        today = now.astimezone(ZoneInfo(zone)).date()
        if self.at is not None:
            here = to_utc(today, self.at, zone)
            return here if here > now else to_utc(today + timedelta(days=1), self.at, zone)
        ahead = 1 if self.day == "tomorrow" else (_DAYS.index(str(self.day)) - today.weekday() - 1) % 7 + 1
        return to_utc(today + timedelta(days=ahead), _MORNING, zone)


def _check_length(span: timedelta) -> timedelta:
    if not timedelta(minutes=1) <= span <= LONGEST:
        raise UsageError(_("A mute lasts a minute at least and 30 days at most."), _(_HOW))
    return span


_HOW = N_("Say `30m`, `2h`, `1d`, `until 17:00`, `until tomorrow` or `until monday`.")
