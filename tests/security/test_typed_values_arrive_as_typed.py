"""What a person types inside `key=value` arrives as it was typed; Slack's own escaping is undone once."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.dispatch.words import parse_usage, split_words
from tests.plugins.each_case import each_case

TRIGGER = parse_usage("trigger [project] [--branch NAME] [key=value …]")

ODD = "\"'“”„‘’`—–-=,;&<>|/\\\u202e\u200f%#@*[]{}():.é🚀ab1"
QUOTES = [('"', '"'), ("'", "'"), ("“", "”"), ("‘", "’"), ("„", "“")]
QUOTING = "\"'“”„‘’"


def _as_slack_sends(typed: str) -> str:
    """Slack: "Escaping text"."""
    return typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _value(typed: str) -> str | None:
    return TRIGGER.parse_typed(split_words(_as_slack_sends(f"gh/acme/web {typed} --branch main last=1"))).pairs.get(
        "note"
    )


@given(st.text(ODD, max_size=40))
def test_a_value_without_spaces_arrives_as_it_is(value: str) -> None:
    assume(value[:1] not in {*"\"'“”„‘’"})
    assert _value(f"note={value}") == value


UNQUOTED = st.text([char for char in ODD if char not in QUOTING], max_size=20)


@given(UNQUOTED, st.sampled_from([" ", "\u00a0", "\t", "\n", "  "]), UNQUOTED, st.sampled_from(QUOTES))
def test_of_a_value_in_quotes_only_these_are_taken_off(
    first: str, space: str, then: str, quotes: tuple[str, str]
) -> None:
    value = f"{first}{space}{then}"
    assert _value(f"note={quotes[0]}{value}{quotes[1]}") == value


@each_case(
    "value",
    ["D:\\tools", '{"a":"b"}', "^v\\d+$", "don't", "don’t", "say“hi”", "a—b", "--force", "&amp;", "'a','b'", "<b>", ""],
)
def test_what_was_changed_before_is_not(value: str) -> None:
    assert _value(f"note={value}") == value


@each_case("branch", ["feature/ABC-1-don’t-crash", "feature/don't", "R&amp;D", "a—b", "D:\\x"])
def test_so_does_the_value_of_an_option(branch: str) -> None:
    for typed in (f"--branch {branch}", f"--branch={branch}", f'--branch "{branch}"', f"—branch “{branch}”"):
        assert TRIGGER.parse_typed(split_words(_as_slack_sends(typed))).get_value("branch") == branch


def test_links_that_slack_makes_of_a_value_are_undone() -> None:
    read = TRIGGER.parse_typed(
        split_words("note=<https://x.dev/?a=1&amp;b=2> other=<http://registry.dev|registry.dev>/app")
    )
    assert read.pairs == {"note": "https://x.dev/?a=1&b=2", "other": "registry.dev/app"}
