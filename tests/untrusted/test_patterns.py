from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.untrusted.patterns import compile_linear
from tests.plugins.each_case import each_case

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=30)


@each_case("pattern", ["a", "[^x]+", "(a|b)+c?", r"\d+", "."])
@given(text=ANYTHING)
def test_it_finds_what_re_finds_in_half_characters_too(pattern: str, text: str) -> None:
    linear, plain = compile_linear(pattern), re.compile(pattern, re.ASCII)
    assert [found.span() for found in linear.finditer(text)] == [found.span() for found in plain.finditer(text)]
    assert bool(linear.fullmatch(text)) == bool(plain.fullmatch(text))
    assert linear.sub("-", text) == plain.sub("-", text)
