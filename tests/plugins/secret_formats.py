"""The corpus of public formats (tests/untrusted/formats.toml), and its places filled in."""

from __future__ import annotations

import random
import re
import string
import tomllib
from pathlib import Path

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


def fill_format(format_: str, secret: str, seed: int = 0) -> tuple[str, set[str]]:
    """The text, and what must not be left of it: the secret, or every token's random part."""
    dice = random.Random(f"{seed}{format_}")
    parts: set[str] = set()

    def random_part(place: re.Match[str]) -> str:
        # A token ends in a letter, as a word that ends in `-` would be no word to a person either.
        part = "".join(dice.choices(ALPHABETS[place[1]], k=int(place[2]) - 1)) + dice.choice(ALPHABETS[place[1]][:10])
        parts.add(part)
        return part

    text = PLACE.sub(random_part, format_)
    return text.replace("{S}", secret), parts or {secret}
