from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.rules.weekly_window import parse_window
from tests.plugins.each_case import each_case

BERLIN = ZoneInfo("Europe/Berlin")


@each_case(
    ("window", "at", "holds"),
    [
        ("fri 16:00-mon 08:00 Europe/Berlin", "2026-11-27 15:59", False),
        ("fri 16:00-mon 08:00 Europe/Berlin", "2026-11-27 16:00", True),
        ("fri 16:00-mon 08:00 Europe/Berlin", "2026-11-30 07:59", True),
        ("fri 16:00-mon 08:00 Europe/Berlin", "2026-11-30 08:00", False),
        ("fri 16:00-mon 08:00 Europe/Berlin", "2026-03-30 07:59", True),  # the clocks went forward that Sunday
        ("fri 16:00-mon 08:00 Europe/Berlin", "2026-10-26 08:00", False),  # and back that one
        ("22:00-06:00 Europe/Berlin", "2026-11-27 23:00", True),
        ("22:00-06:00 Europe/Berlin", "2026-11-27 12:00", False),
        ("mon 9-tue 9 Europe/Berlin", "2026-11-30 09:00", True),
    ],
)
def test_a_window_goes_by_the_clocks_of_its_zone(window: str, at: str, *, holds: bool) -> None:
    assert parse_window(window).covers(datetime.fromisoformat(at).replace(tzinfo=BERLIN)) is holds


@given(st.integers(0, 7 * 24 * 60), st.sampled_from(["fri 16:00-mon 08:00", "22:00-06:00", "mon 09:00-mon 10:00"]))
def test_a_window_reads_what_it_writes_and_comes_again_each_week(minute: int, text: str) -> None:
    window = parse_window(text)
    assert parse_window(str(window)) == window
    at = datetime(2026, 1, 5, tzinfo=ZoneInfo("UTC")) + timedelta(minutes=minute)
    assert window.covers(at) == window.covers(at + timedelta(days=7))


@each_case("text", ["", "fri", "fri 16:00", "fri 16:00-08:00", "16:00-16:00", "x-y", "fri 25:00-mon 1:00"])
def test_what_says_no_window_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_window(text)
