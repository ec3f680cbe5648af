from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.untrusted.numbers import MOST_OF_A_ROW, parse_signed_number, parse_whole_number
from tests.plugins.each_case import each_case


@given(st.integers(-(10**30), 10**30), st.integers(0, 10**20))
def test_a_number_is_read_as_it_is_written_unless_it_is_too_large(number: int, most: int) -> None:
    assert parse_signed_number(str(number), most) == (number if -most <= number <= most else None)
    assert parse_whole_number(str(number), most) == (number if 0 <= number <= most else None)


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    assert parse_whole_number(text) is None or text.isdigit()


@each_case("text", ["", "+", "-", "--1", "1.0", "1e3", "1_000", " 1", "٣", "²", "0x1", "9" * 5000, "-" + "9" * 5000])
def test_what_is_no_number_or_has_no_room_is_none(text: str) -> None:
    assert parse_whole_number(text) is None
    assert parse_signed_number(text, MOST_OF_A_ROW) is None


def test_zeros_in_front_count_for_nothing() -> None:
    assert parse_whole_number("0" * 5000 + "7") == 7
    assert parse_whole_number("000") == 0
