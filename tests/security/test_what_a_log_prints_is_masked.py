"""What a log prints is masked where it is a secret, and stays as it is where it is none: tests/untrusted/formats.toml.

The corpus holds the public formats of tools and providers with places for secrets; every place is filled with many.
"""

from __future__ import annotations

import json
import string
from collections.abc import Callable, Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.untrusted.masking import mask_secrets
from tests.plugins.each_case import each_case
from tests.plugins.secret_formats import HIDDEN, READABLE, fill_format

SECRETS = [
    "hunter2",
    "S3cr3t",
    "Zebra-17-acct",
    "c2VjcmV0OnNlY3JldA==",
    "q7.Tz_9~Lk",
    "correcthorsebattery",
    "Xk/9+Ab2/Qw==",
]
secrets = st.text(st.sampled_from(string.ascii_letters + string.digits), min_size=6, max_size=40).filter(
    lambda said: not said.isdigit() and not said.islower()
)


@each_case("format_", HIDDEN)
def test_every_public_format_of_a_secret_is_masked(format_: str) -> None:
    for number, secret in enumerate(SECRETS):
        text, parts = fill_format(format_, secret, number)
        masked = mask_secrets(text)
        assert not [part for part in parts if part in masked], masked
        assert "****" in masked


@given(st.sampled_from(HIDDEN), secrets, st.integers(0, 1000))
@settings(max_examples=150)
def test_it_is_masked_whatever_the_secret_is(format_: str, secret: str, seed: int) -> None:
    text, parts = fill_format(format_, secret, seed)
    assert not [part for part in parts if len(part) > 3 and part in mask_secrets(text)]


AROUND = ["2026-01-02T03:04:05Z {}", "step 1\n{}\nstep 2", "[build] {}", "  {}", "\t{}\r\n", "{} # done", "> {}"]


@each_case("around", AROUND)
def test_it_is_masked_whatever_stands_around_it(around: str) -> None:
    assert not list(left_over(lambda text: around.replace("{}", text)))


def test_it_is_masked_where_a_log_is_lines_of_json() -> None:
    def told(text: str) -> str:
        return json.dumps({"level": "info", "message": f"said:\n{text}\n"}) if "\n" not in text else ""

    assert not list(left_over(told))


def left_over(told: Callable[[str], str]) -> Iterator[str]:
    for format_ in HIDDEN:
        text, parts = fill_format(format_, "Zebra-17-acct")
        masked = mask_secrets(told(text))
        yield from (f"{format_} -> {masked}" for part in parts if part in masked and not format_.startswith("<b64>"))


@each_case("line", READABLE)
def test_what_tells_no_secret_stays_readable(line: str) -> None:
    assert mask_secrets(line) == line


@given(st.lists(st.sampled_from(READABLE), min_size=1, max_size=6))
@settings(max_examples=40)
def test_readable_lines_stay_so_beside_each_other(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert mask_secrets(text) == text


@given(st.lists(st.sampled_from(HIDDEN), min_size=1, max_size=4), secrets)
@settings(max_examples=60)
def test_masking_twice_masks_no_more(formats: list[str], secret: str) -> None:
    once = mask_secrets("\n".join(fill_format(format_, secret)[0] for format_ in formats))
    assert mask_secrets(once) == once
