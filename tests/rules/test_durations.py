from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import UsageError
from bot.rules.durations import find_span, format_span, parse_span
from tests.plugins.each_case import each_case


@each_case(
    ("typed", "span"),
    [
        ("30m", timedelta(minutes=30)),
        ("30 Min", timedelta(minutes=30)),
        ("2 hours", timedelta(hours=2)),
        ("2hrs", timedelta(hours=2)),
        ("1day", timedelta(days=1)),
        ("2w", timedelta(weeks=2)),
        ("1h30m", timedelta(minutes=90)),
        (" 1d 12h ", timedelta(hours=36)),
    ],
)
def test_a_span_is_the_sum_of_its_parts(typed: str, span: timedelta) -> None:
    assert parse_span(typed) == span


@each_case("typed", ["", "5", "h", "5x", "2horses", "1h and 5m", "1h" * 21, "1234567m", "٣h"])
def test_what_is_no_span_is_refused(typed: str) -> None:
    assert find_span(typed) is None
    with pytest.raises(UsageError, match="not a span of time"):
        parse_span(typed)


@pytest.mark.parametrize(("span", "text"), [(timedelta(minutes=90), "90m"), (timedelta(hours=48), "2d")])
def test_a_span_is_shown_in_the_largest_unit_that_says_it_whole(span: timedelta, text: str) -> None:
    assert format_span(span) == text
    assert parse_span(text) == span
