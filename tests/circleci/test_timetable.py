from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.circleci.models import Schedule, Timetable
from bot.circleci.timetable import (
    DAYS,
    MONTHS,
    NEVER,
    format_options,
    format_paused_note,
    is_never_due,
    parse_paused_note,
    parse_timetable,
)
from bot.errors import UsageError
from tests.plugins.each_case import each_case


def a_schedule(when: Timetable, description: str | None = None) -> Schedule:
    return Schedule(id="1", name="nightly", timetable=when, description=description)


@each_case(
    ("days", "hours", "read"),
    [
        ("MON-FRI", "2", {"days_of_week": DAYS[:5], "hours_of_day": (2,)}),
        ("weekdays, sun", "02,14", {"days_of_week": (*DAYS[:5], "SUN"), "hours_of_day": (2, 14)}),
        ("daily", "0-3", {"days_of_week": DAYS, "hours_of_day": (0, 1, 2, 3)}),
        ("fri,mon,fri", "00", {"days_of_week": ("MON", "FRI"), "hours_of_day": (0,)}),
        ("15,1", "9", {"days_of_month": (1, 15), "hours_of_day": (9,)}),
        ("29-31", "9", {"days_of_month": (29, 30, 31), "hours_of_day": (9,)}),
    ],
)
def test_days_and_hours_are_read_as_people_write_them(days: str, hours: str, read: dict[str, Any]) -> None:
    assert parse_timetable(days, hours) == Timetable(per_hour=1, **read)


@each_case(
    ("days", "hours", "times", "months"),
    [
        ("MON,1", "2", "1", ""),
        ("someday", "2", "1", ""),
        ("32", "2", "1", ""),
        ("", "2", "1", ""),
        ("FRI-MON", "2", "1", ""),
        ("MON", "24", "1", ""),
        ("MON", "", "1", ""),
        ("MON", "-1", "1", ""),
        ("MON", "2", "0", ""),
        ("MON", "2", "61", ""),
        ("MON", "2", "often", ""),
        ("MON", "2", "1", "SMARCH"),
    ],
)
def test_what_circleci_would_not_take_is_refused(days: str, hours: str, times: str, months: str) -> None:
    with pytest.raises(UsageError):
        parse_timetable(days, hours, times, months=months)


def test_the_31st_of_february_never_comes_and_the_29th_does() -> None:
    assert is_never_due(NEVER)
    assert is_never_due(parse_timetable("31", "0", "1", months="APR,JUN"))
    assert not is_never_due(parse_timetable("29", "0", "1", months="FEB"))
    assert not is_never_due(parse_timetable("31", "0", "1", months="FEB,MAR"))
    assert not is_never_due(parse_timetable("MON", "0", "1", months="FEB"))
    assert not is_never_due(parse_timetable("31", "0"))


_SOME = st.builds(
    Timetable,
    per_hour=st.integers(1, 60),
    hours_of_day=st.sets(st.integers(0, 23), min_size=1).map(lambda found: tuple(sorted(found))),
    days_of_week=st.sets(st.sampled_from(DAYS), min_size=1).map(lambda found: tuple(sorted(found, key=DAYS.index))),
    months=st.sets(st.sampled_from(MONTHS)).map(lambda found: tuple(sorted(found, key=MONTHS.index))),
)


@given(when=_SOME, description=st.text(max_size=50).map(str.strip))
def test_whatever_was_paused_comes_back_as_it_was(when: Timetable, description: str) -> None:
    paused = a_schedule(NEVER, format_paused_note(a_schedule(when, description)))
    assert parse_paused_note(paused) == (when, description)


@each_case(
    "description",
    [None, "", "Everything", "Paused by circlebot. It ran: --on MON.", "Paused by circlebot. It ran: x."],
)
def test_a_description_that_does_not_tell_is_not_guessed_at(description: str | None) -> None:
    assert parse_paused_note(a_schedule(NEVER, description)) is None


def test_a_timetable_is_written_as_it_would_be_typed() -> None:
    assert (
        " ".join(format_options(parse_timetable("1,15", "8-10", "2", months="JAN")))
        == "--on 1,15 --at 8,9,10 --times 2 --months JAN"
    )
