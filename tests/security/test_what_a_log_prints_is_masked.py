"""What a log prints is masked where it is a secret, and stays as it is where it is none: tests/untrusted/formats.toml.

The corpus holds the public formats of tools and providers with places for secrets; every place is filled with many.
"""

from __future__ import annotations

import random
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.untrusted.masking import mask

CORPUS = tomllib.loads((Path(__file__).parents[1] / "untrusted" / "formats.toml").read_text())
HIDDEN = [format_ for section in CORPUS.values() for format_ in section["hidden"]]
READABLE = [line for section in CORPUS.values() for line in section["readable"]]

LETTERS = string.ascii_letters + string.digits
ALPHABETS = {
    "a": LETTERS,
    "h": "0123456789abcdef",
    "u": string.ascii_uppercase + string.digits,
    "b": LETTERS + "+/",
    "w": LETTERS + "_-",
    "d": string.digits,
}
PLACE = re.compile(r"<([ahubwd])(\d+)>")

SECRETS = [
    "hunter2",
    "S3cr3t",
    "Zebra-17-acct",
    "c2VjcmV0OnNlY3JldA==",
    "q7.Tz_9~Lk",
    "correcthorsebattery",
    "Xk/9+Ab2/Qw==",
]
secrets = st.text(st.sampled_from(LETTERS), min_size=6, max_size=40).filter(
    lambda said: not said.isdigit() and not said.islower()
)


def filled(format_: str, secret: str, seed: int = 0) -> tuple[str, set[str]]:
    """The text, and what must not be left of it: the secret, or every token's random part."""
    dice = random.Random(f"{seed}{format_}")  # noqa: S311 - made up, and the same in every run
    parts: set[str] = set()

    def random_part(place: re.Match[str]) -> str:
        # A token ends in a letter, as a word that ends in `-` would be no word to a person either.
        part = "".join(dice.choices(ALPHABETS[place[1]], k=int(place[2]) - 1)) + dice.choice(ALPHABETS[place[1]][:10])
        parts.add(part)
        return part

    text = PLACE.sub(random_part, format_)
    return text.replace("{S}", secret), parts or {secret}


@pytest.mark.parametrize("format_", HIDDEN)
def test_every_public_format_of_a_secret_is_masked(format_: str) -> None:
    for number, secret in enumerate(SECRETS):
        text, parts = filled(format_, secret, number)
        masked = mask(text)
        assert not [part for part in parts if part in masked], masked
        assert "****" in masked


@given(st.sampled_from(HIDDEN), secrets, st.integers(0, 1000))
@settings(max_examples=150)
def test_it_is_masked_whatever_the_secret_is(format_: str, secret: str, seed: int) -> None:
    text, parts = filled(format_, secret, seed)
    assert not [part for part in parts if len(part) > 3 and part in mask(text)]


AROUND = ["2026-01-02T03:04:05Z {}", "step 1\n{}\nstep 2", "[build] {}", "  {}", "\t{}\r\n", "{} # done", "> {}"]


@pytest.mark.parametrize("around", AROUND)
def test_it_is_masked_whatever_stands_around_it(around: str) -> None:
    def left() -> Iterator[str]:
        for format_ in HIDDEN:
            text, parts = filled(format_, "Zebra-17-acct")
            masked = mask(around.replace("{}", text))
            yield from (f"{format_} -> {masked}" for part in parts if part in masked and "\n<b64>" not in format_)

    assert not list(left())


@pytest.mark.parametrize("line", READABLE)
def test_what_tells_no_secret_stays_readable(line: str) -> None:
    assert mask(line) == line


@given(st.lists(st.sampled_from(READABLE), min_size=1, max_size=6))
@settings(max_examples=40)
def test_readable_lines_stay_so_beside_each_other(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert mask(text) == text


@given(st.lists(st.sampled_from(HIDDEN), min_size=1, max_size=4), secrets)
@settings(max_examples=60)
def test_masking_twice_masks_no_more(formats: list[str], secret: str) -> None:
    once = mask("\n".join(filled(format_, secret)[0] for format_ in formats))
    assert mask(once) == once
