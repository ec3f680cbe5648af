from __future__ import annotations

import inspect

import pytest

from tests.plugins.each_case import each_case


def test_all_cases_run_and_each_that_fails_is_told() -> None:
    seen = []

    @each_case(("number", "word"), [(1, "one"), (2, "two"), (3, "three")], ids="abc")
    def check(number: int, word: str, more: list[str]) -> None:
        more.append(word)
        assert number == 2

    with pytest.raises(AssertionError, match=r"(?s)2 of 3\n--- a\n\S+:\d+ AssertionError: .*--- c\n") as told:
        check(more=seen)
    assert seen == ["one", "two", "three"]
    assert "--- b" not in str(told.value)


def test_what_no_case_gives_stays_a_fixture() -> None:
    @each_case("number", [1, 2])
    def check(number: int, *, tmp_path: str) -> None:
        assert number < 3
        assert tmp_path == "here"

    assert list(inspect.signature(check).parameters) == ["tmp_path"]
    check(tmp_path="here")
