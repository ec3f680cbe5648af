"""When a schedule triggers: read from words, and how one is paused although CircleCI knows no pause.

API v2 has no way to pause a schedule: `PATCH /schedule/{id}` takes name, description, timetable, attribution-actor and
parameters (its OpenAPI document). So a paused one gets a timetable that never comes, the 31st of February, and its
description keeps the one that it had, in the very words in which it could be typed. It stays with the schedule at
CircleCI, where everybody reads it and any circlebot can resume it. That CircleCI takes such a date is our inference
from the document; should it not, it refuses, and nothing has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.circleci.models import Schedule, Timetable
from bot.errors import Mistakes, UsageError
from bot.language import _
from bot.language.time_words import WEEKDAYS, get_meaning
from bot.mrkdwn import as_code
from bot.untrusted.patterns import compile_linear

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

NEVER = Timetable(per_hour=1, hours_of_day=(0,), days_of_month=(31,), months=("FEB",))

_LONGEST = {"FEB": 29, "APR": 30, "JUN": 30, "SEP": 30, "NOV": 30}
_NAMED = {"DAILY": DAYS, "WEEKDAYS": DAYS[:5], "WEEKEND": DAYS[5:]}
_NOTE = compile_linear(r"(?s)Paused by circlebot\. It ran: ((?:--[a-z]+ [A-Z\d,]+ ?)+)\.(?: (.*))?")
_BETWEEN = compile_linear(r"[,\s]+")


def parse_timetable(days: str, hours: str, times: str = "1", *, months: str = "") -> Timetable:
    """`MON-FRI` or `1,15`; `2,14` or `0-23` (UTC); how often an hour; `JAN,JUL`. Raises UsageError, for all at once."""
    mistakes = Mistakes()
    weekly, monthly = mistakes.collect(lambda: _parse_days(days), ((), ()))
    per_hour = mistakes.collect(lambda: _match_one(times, range(1, 61), _("It runs `1` to `60` times an hour.")), "1")
    at = mistakes.collect(lambda: _expand(hours, map(str, range(24)), _("An hour is `0`…`23`, in UTC.")), [])
    chosen_months = mistakes.collect(lambda: _parse_months(months), [])
    mistakes.check()
    return Timetable(
        per_hour=int(per_hour),
        hours_of_day=tuple(map(int, at)),
        days_of_week=tuple(weekly),
        days_of_month=tuple(monthly),
        months=tuple(chosen_months),
    )


def _parse_days(days: str) -> tuple[Sequence[str], Sequence[int]]:
    """Of the week, or of the month."""
    known = (*DAYS, *_NAMED, *map(str, range(1, 32)))
    chosen = _expand(_spell_days(days), known, _("A day is `MON`…`SUN`, or `1`…`31`."))
    weekly = {day for word in chosen for day in _NAMED.get(word, (word,)) if not word.isdigit()}
    monthly = {int(word) for word in chosen if word.isdigit()}
    if weekly and monthly:
        raise UsageError(_("Days of the week or days of the month: CircleCI takes no mixture."))
    return sorted(weekly, key=DAYS.index), sorted(monthly)


def _parse_months(months: str) -> list[str]:
    return _expand(months.upper(), MONTHS, _("A month is `JAN`…`DEC`.")) if months else []


def _spell_days(days: str) -> str:
    """`MON-FRI` and `DAILY`, in whatever language they were said."""
    return ",".join("-".join(map(_spell_day, part.split("-"))) for part in _BETWEEN.split(days.strip()))


def _spell_day(word: str) -> str:
    meaning = get_meaning(word)
    return meaning[:3].upper() if meaning in WEEKDAYS else meaning.upper()


def _expand(text: str, known: Iterable[str], rule: str) -> list[str]:
    """`MON-WED,FRI` one by one, in their order, each once."""
    order = list(known)
    found = [word for part in _BETWEEN.split(text.strip()) for word in _expand_range(part, order, rule)]
    return sorted(set(found), key=order.index)


def _expand_range(part: str, order: Sequence[str], rule: str) -> Sequence[str]:
    first, _dash, last = part.partition("-")
    begin, end = _match_one(first, order, rule), _match_one(last or first, order, rule)
    if order.index(begin) > order.index(end):
        wrong = _("{days} runs backwards.", days=as_code(part, 40))
        raise UsageError(f"{wrong} {rule}")
    return order[order.index(begin) : order.index(end) + 1]


def _match_one(text: str, known: Iterable[object], rule: str) -> str:
    plain = text.strip().lstrip("0") or text.strip()[-1:]
    found = next((word for word in map(str, known) if word == plain), None)
    if found is None:
        wrong = _("I do not understand {words}.", words=as_code(text, 40))
        raise UsageError(f"{wrong} {rule}")
    return found


def format_options(when: Timetable) -> list[str]:
    """The words in which it could be typed."""
    days = when.days_of_week or when.days_of_month
    named = {"--on": days, "--at": when.hours_of_day, "--times": (when.per_hour,), "--months": when.months}
    return [word for name, values in named.items() if values for word in (name, ",".join(map(str, values)))]


def is_never_due(when: Timetable) -> bool:
    """Whether no day of the calendar is meant."""
    longest = max((_LONGEST.get(month, 31) for month in when.months), default=31)
    return bool(when.days_of_month) and min(when.days_of_month) > longest


def format_paused_note(schedule: Schedule) -> str:
    """The description of a schedule that is about to be paused: English, as `parse_paused_note` reads it."""
    ran = " ".join(format_options(schedule.timetable))
    return f"Paused by circlebot. It ran: {ran}. {schedule.description or ''}".strip()


def parse_paused_note(schedule: Schedule) -> tuple[Timetable, str] | None:
    """The timetable and the description that it had before we paused it; None when we cannot know."""
    kept = _NOTE.fullmatch(schedule.description or "")
    if kept is None:
        return None
    words = kept[1].split()
    said = dict(zip(words[::2], words[1::2], strict=False))
    try:
        when = parse_timetable(said["--on"], said["--at"], said["--times"], months=said.get("--months", ""))
    except (KeyError, UsageError):
        return None
    return when, kept[2] or ""
