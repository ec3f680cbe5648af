from __future__ import annotations

from datetime import date

import pytest

from bot.language import formats
from bot.language.spoken import speaking

DURATIONS = [0, 45, 192, 3600, 7500, 273_600, 3 * 86_400 + 5]


def test_a_duration_says_its_two_largest_units() -> None:
    said = [formats.format_duration(seconds) for seconds in DURATIONS]
    assert said == ["0s", "45s", "3m 12s", "1h", "2h 5m", "3d 4h", "3d"]


def test_german_has_its_own_units() -> None:
    with speaking("de"):
        said = [formats.format_duration(seconds) for seconds in DURATIONS]
    assert said == [
        "0\u00a0Sek.",
        "45\u00a0Sek.",
        "3\u00a0Min. 12\u00a0Sek.",
        "1\u00a0Std.",
        "2\u00a0Std. 5\u00a0Min.",
        "3\u00a0Tg. 4\u00a0Std.",
        "3\u00a0Tg.",
    ]


@pytest.mark.parametrize(("language", "said"), [("en", "0.25s"), ("de", "0,25\u00a0Sek.")])
def test_what_takes_no_time_is_told_in_hundredths(language: str, said: str) -> None:
    with speaking(language):
        assert formats.format_duration(0.25, hundredths=True) == said


@pytest.mark.parametrize(
    ("language", "number", "share", "day", "calendar", "listed", "chosen"),
    [
        ("en", "1,234,567", "93.40", "4 Mar 2026", "Tue Oct", "a, b and c", "a or b"),
        ("de", "1.234.567", "93,40", "4. März 2026", "Di Okt", "a, b und c", "a oder b"),
    ],
)
def test_numbers_days_and_lists(
    language: str, number: str, share: str, day: str, calendar: str, listed: str, chosen: str
) -> None:
    with speaking(language):
        assert formats.format_number(1_234_567) == number
        assert formats.format_number(93.4, 2) == share
        assert formats.format_day(date(2026, 3, 4), year=True) == day
        assert f"{formats.format_weekday(1)} {formats.format_month(10)}" == calendar
        assert formats.join_and(["a", "b", "c"]) == listed
        assert formats.join_or(["a", "b"]) == chosen
