from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.policy_difference import compare_lines
from bot.rules.policy_line import Effect, PolicyLine

A, B, C, D = (PolicyLine(Effect.DENY, (f"U{name}",)) for name in "ABCD")
policies = st.lists(st.sampled_from([A, B, C, D]), unique=True)


@given(before=policies, after=policies)
def test_the_difference_makes_one_of_the_other_and_its_inverse_takes_it_back(
    before: list[PolicyLine], after: list[PolicyLine]
) -> None:
    difference = compare_lines(before, after)
    assert {*difference.apply(before)} == {*after}
    assert {*difference.inverse.apply(difference.apply(before))} == {*before}


def test_a_line_that_is_changed_keeps_its_place() -> None:
    assert compare_lines([B], [D]).apply([A, B, C]) == (A, D, C)


def test_what_others_changed_meanwhile_stays() -> None:
    mine = compare_lines([A, B], [A])
    assert mine.inverse.apply([A, C]) == (A, C, B)
    assert mine.apply([C]) == (C,)
