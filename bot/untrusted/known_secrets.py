"""Values of variables whose names are known, found where a log tells them, and masked wherever else they appear.

CircleCI never gives a value back, so a value is known only by its name beside it: `NAME=value`, `export NAME='value'`,
`NAME: value`, `"NAME": "value"`, `NAME => value`. What stood there once is a secret in the whole text. As CircleCI
does, values of under four characters, `true` and `false` stay (docs: environment variables, secrets masking). Not
found are values that were encoded, and further lines of one that `env` printed without quotes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

import re2  # type: ignore[import-untyped]  # ships no types

from bot.untrusted.patterns import compile_linear
from bot.untrusted.phrases import PhraseMatcher

MASK = "****"

_SHORTEST = 4
_SHORTEST_LINE = 8
_MOST_PIECES = 1000
_OPEN = frozenset({"true", "false", "null", "none"})
_REFERENCE = compile_linear(r"\$\{?\w+\}?|\$\(.*|\*+")

_TOLD = (
    r"(?m)^[ \t]*(?:\+{1,3}[ \t]+)?(?:(?:export|declare -\w+|set|ENV|-e|--env)[ \t]+)?(?:%s)=([^\n]+)$",
    r"""(?:^|[^\w$])(?:%s)["']?[ \t]*(?:=>|:=|=|:)[ \t]*("[^"\n]*"?|\$?'[^'\n]*'?|[^\s"'`]+)""",
    r"""(?:^|[^\w$])(?:%s)=("(?:\\(?s:.)|[^"\\])*"|\$?'[^']*')""",
)
"""A whole line, as `env` and `export -p` print it; inside a line; in quotes over several lines."""

# Every alternative takes what it has looked at, so these few are linear without RE2, and many times as quick.
_PIECES = re.compile(r"\w+|\\[nrt]|%[0-9A-Fa-f]{2}|\W")
"""Words, and single characters between them. An escape separates words as well: `\\nvalue`, `%3Dvalue`."""


def mask_values(text: str, names: Collection[str]) -> str:
    """The text without the values that it tells of these names. Lines stay lines."""
    values = dict.fromkeys(_filter_values(_find_values(text, names)))
    if not values:
        return text
    pieces = _PIECES.findall(text)
    hidden = PhraseMatcher(_PIECES.findall(value)[:_MOST_PIECES] for value in values).find_covered(pieces)
    return "".join(_mask_pieces(pieces, hidden))


def _find_values(text: str, names: Collection[str]) -> Iterator[str]:
    """Everything that may be a value, with and without what may have come after it."""
    mentioned = "|".join(re2.escape(name) for name in sorted(names, key=len, reverse=True) if name and name in text)
    told = text.encode(errors="replace")
    for pattern in _TOLD if mentioned else ():
        for found in compile_linear(pattern % mentioned).finditer(told):
            value = _unquote(found[1].decode())
            yield value
            yield value.rstrip(",;)]}")
            yield _get_first_part(value)
            yield from (line for line in value.splitlines()[:50] if len(line) >= _SHORTEST_LINE)


def _unquote(value: str) -> str:
    value = value.strip().removeprefix("$") if value.startswith("$'") else value.strip()
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _get_first_part(value: str) -> str:
    for separator in ";|,&":
        value = value.partition(separator)[0]
    return value


def _filter_values(values: Iterable[str]) -> Iterator[str]:
    for value in map(str.strip, values):
        if len(value) >= _SHORTEST and value.lower() not in _OPEN and not _REFERENCE.fullmatch(value):
            yield value


def _mask_pieces(pieces: list[str], hidden: bytearray) -> Iterator[str]:
    """The pieces; for each run of hidden ones in a line a mask."""
    masking = False
    for piece, hides in zip(pieces, hidden, strict=True):
        if not hides or piece == "\n":
            masking = False
            yield piece
        elif not masking:
            masking = True
            yield MASK
