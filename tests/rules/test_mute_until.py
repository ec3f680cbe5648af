from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import UsageError
from bot.rules.mute_until import EndTime

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
"""A Wednesday; ten in the morning in New York, four in the afternoon in Berlin."""


@pytest.mark.parametrize(
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
    ],
)
def test_until_when_is_said_as_people_say_it(said: str, lasts: timedelta) -> None:
    when, rest = EndTime.parse((*said.split(), "gh/acme/web"))
    assert when.to_datetime(NOW, "Europe/Berlin") - NOW == lasts
    assert rest == ("gh/acme/web",)


def test_a_clock_is_that_of_the_zone() -> None:
    when, _ = EndTime.parse(("until", "17:00"))
    assert when.to_datetime(NOW, "America/New_York") - NOW == timedelta(hours=7)


@pytest.mark.parametrize(
    "said", ["", "soon", "until", "for", "0m", "31d", "99999999h", "until 25:00", "until never", "5x"]
)
def test_what_says_no_time_is_refused(said: str) -> None:
    with pytest.raises(UsageError):
        EndTime.parse(said.split())
