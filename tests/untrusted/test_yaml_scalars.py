"""Plain scalars are held against PyYAML, which resolves them by the patterns of SnakeYAML, that CircleCI uses."""

from __future__ import annotations

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from bot.untrusted import yaml_scalars
from tests.plugins.each_case import each_case

NUMBERS = st.text("0123456789_xabcdefABF+-:.", max_size=12)
NEAR_NUMBERS = st.from_regex(r"[-+]?(0b[01_]+|0x[0-9a-f_]+|0[0-7_]+|[1-9][0-9_]*(:[0-5]?[0-9])*)", fullmatch=True)
WORDS = st.sampled_from(["yes", "y", "no", "n", "on", "off", "true", "false", "null", "~", "nil"]).flatmap(
    lambda word: st.sampled_from([word, word.upper(), word.capitalize(), word[:1] + word[1:].upper()])
)


@given(NUMBERS | NEAR_NUMBERS | WORDS)
@example("010")
@example("1_000")
@example("1:30")
@example("-0x1F")
@example("08")
@example("0o7")
def test_a_plain_scalar_means_what_yaml_1_1_says(text: str) -> None:
    try:
        meant = yaml.safe_load(f"[ {text} ]")[0] if text else None
    except (yaml.YAMLError, ValueError, IndexError):
        return
    if isinstance(meant, dict | list):
        return
    assert yaml_scalars.parse_boolean(text) == (meant if isinstance(meant, bool) else None)
    assert yaml_scalars.parse_integer(text) == (meant if type(meant) is int else None)
    assert yaml_scalars.is_null(text) == (meant is None)


@each_case("text", ["0b", "0b_", "0x", "0x_", "_1", "1.0", " 1", "1 ", "\u0663"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert yaml_scalars.parse_integer(text) is None
