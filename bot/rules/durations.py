"""Spans of time as people type them: `30m`, `2h`, `1d`."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.errors import UsageError

_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_SPAN = re.compile(r"(\d{1,6})\s*(?:(d)(?:ays?)?|(h)(?:ours?)?|(m)(?:in(?:ute)?s?)?)", re.ASCII | re.IGNORECASE)


def parse_span(text: str) -> timedelta:
    """Raises UsageError."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"`{text.strip()[:50]}` is no span of time.", "Write `30m`, `2h` or `1d`.")
    unit = found[2] or found[3] or found[4]
    return int(found[1]) * _UNITS[unit.lower()]


def format_span(span: timedelta) -> str:
    """In the largest unit that says it whole: `90m`, `2h`."""
    unit, size = next((unit, size) for unit, size in _UNITS.items() if span % size == timedelta())
    return f"{span // size}{unit}"
