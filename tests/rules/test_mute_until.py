from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import UsageError
from bot.rules.mute_until import EndTime
from tests.plugins.each_case import each_case

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
"""A Wednesday; ten in the morning in New York, four in the afternoon in Berlin."""


@each_case(
    ("said", "lasts"),
    [
        ("2h", timedelta(hours=2)),
        ("30m", timedelta(minutes=30)),
        ("for 1h30m", timedelta(hours=1, minutes=30)),
        ("2hours", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
        ("until 17:00", timedelta(hours=1)),
        ("until 4pm", timedelta(hours=24)),
        ("until tomorrow", timedelta(hours=17)),
        ("tomorrow", timedelta(hours=17)),
        ("until monday", timedelta(days=4, hours=17)),
        ("until mon", timedelta(days=4, hours=17)),
        ("until wednesday", timedelta(days=6, hours=17)),
        ("for 2 hours", timedelta(hours=2)),
        ("1 hour 30 minutes", timedelta(minutes=90)),
        ("until 5 pm", timedelta(hours=1)),
        ("until tomorrow 9:30", timedelta(hours=17, minutes=30)),
        ("tomorrow at 5pm", timedelta(hours=25)),
        ("bis 17 Uhr", timedelta(hours=1)),
        ("bis um 17:00", timedelta(hours=1)),
        ("für 2 Stunden", timedelta(hours=2)),
        ("2 Std. 5 Min.", timedelta(minutes=125)),
        ("2\u00a0Std. 5\u00a0Min.", timedelta(minutes=125)),
        ("morgen", timedelta(hours=17)),
        ("bis morgen 9 Uhr", timedelta(hours=17)),
        ("morgen um 14:00", timedelta(hours=22)),
        ("bis Mo", timedelta(days=4, hours=17)),
        ("bis Donnerstag 8 Uhr", timedelta(hours=16)),
    ],
)
def test_until_when_is_said_as_people_say_it(said: str, lasts: timedelta) -> None:
    when, rest = EndTime.parse((*said.split(), "gh/acme/web"))
    assert when.to_datetime(NOW, "Europe/Berlin") - NOW == lasts
    assert rest == ("gh/acme/web",)


def test_a_number_after_a_day_is_a_rule() -> None:
    assert EndTime.parse(("until", "monday", "3")) == (EndTime(day="monday"), ("3",))


def test_a_clock_is_that_of_the_zone() -> None:
    when, _ = EndTime.parse(("until", "17:00"))
    assert when.to_datetime(NOW, "America/New_York") - NOW == timedelta(hours=7)


@each_case(
    "said",
    [
        "",
        "soon",
        "until",
        "for",
        "0m",
        "31d",
        "99999999h",
        "until 25:00",
        "until never",
        "5x",
        "bis",
        "bis 25 Uhr",
    ],
)
def test_what_says_no_time_is_refused(said: str) -> None:
    with pytest.raises(UsageError):
        EndTime.parse(said.split())
