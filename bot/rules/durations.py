"""Spans of time as people type them: `30m`, `2 hours`, `2 Stunden`, `1d`, `1h30m`, `2w`."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.errors import UsageError
from bot.language import _
from bot.language.time_words import get_meaning
from bot.mrkdwn import as_code

_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_PART = re.compile(r"([0-9]{1,6})\s*([a-z]{1,10}\.?)\s*")
_SPAN = re.compile(rf"(?:{_PART.pattern})+")
_LONGEST = 40


def find_span(text: str) -> timedelta | None:
    """The sum of its parts; None where it says no span."""
    words = text.strip().lower()
    if len(words) > _LONGEST or not _SPAN.fullmatch(words):
        return None
    parts = [(int(number), get_meaning(unit)) for number, unit in _PART.findall(words)]
    if any(unit not in _UNITS for _number, unit in parts):
        return None
    return sum((number * _UNITS[unit] for number, unit in parts), timedelta())


def parse_span(text: str) -> timedelta:
    """Raises UsageError."""
    if (span := find_span(text)) is None:
        raise UsageError(
            _("{span} is not a span of time.", span=as_code(text.strip(), 50)), _("Write `30m`, `2h` or `1d`.")
        )
    return span


def format_span(span: timedelta) -> str:
    """In the largest of days, hours and minutes that says it whole: `90m`, `2h`."""
    unit, size = next((unit, size) for unit, size in _UNITS.items() if unit != "w" and span % size == timedelta())
    return f"{span // size}{unit}"
