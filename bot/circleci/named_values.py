"""Values of variables whose names are known, found where a log tells them, and masked wherever else they stand.

CircleCI never gives a value back, so a value is known only by its name beside it: `NAME=value`, `export NAME='value'`,
`NAME: value`, `"NAME": "value"`, `NAME => value`. What stood there once is a secret in the whole text. As CircleCI
does, values of under four characters, `true` and `false` stay (docs: environment variables, secrets masking). Not
found are values that were encoded, and further lines of one that `env` printed without quotes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

MASK = "****"

_SHORTEST = 4
_SHORTEST_LINE = 8
_MOST_VALUES = 500
_OPEN = frozenset({"true", "false", "null", "none"})
_REFERENCE = re.compile(r"\$\{?\w+\}?|\$\(.*|\*+")

_TOLD = (
    r"^[ \t]*(?:\+{1,3}[ \t]+)?(?:(?:export|declare -\w+|set|ENV|-e|--env)[ \t]+)?(?:%s)=([^\n]+)$",
    r"""(?<![\w$])(?:%s)["']?[ \t]*(?:=>|:=|=|:)[ \t]*(?:\$(?='))?("[^"\n]*"|'[^'\n]*'|[^\s"'`]+)""",
    r"""(?<![\w$])(?:%s)=(?:\$(?='))?("(?:\\.|[^"\\]){1,4000}"|'[^']{1,4000}')""",
)
"""A whole line, as `env` and `export -p` print it; inside a line; in quotes over several lines."""


def mask_values(text: str, names: Collection[str]) -> str:
    """The text without the values that it tells of these names."""
    values = set(_kept(_values(text, names)))
    if not values:
        return text
    longest_first = sorted(values, key=lambda value: (-len(value), value))[:_MOST_VALUES]
    return re.sub("|".join(map(_bounded, longest_first)), MASK, text)


def _values(text: str, names: Collection[str]) -> Iterator[str]:
    """Everything that may be a value, with and without what may have come after it."""
    mentioned = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name and name in text)
    for pattern in _TOLD if mentioned else ():
        for found in re.finditer(pattern % f"(?:{mentioned})(?!\\w)", text, re.MULTILINE):
            value = _unquoted(found[1])
            yield value
            yield value.rstrip(",;)]}")
            yield re.split(r"[;|,&]", value)[0]
            yield from (line for line in value.splitlines()[:50] if len(line) >= _SHORTEST_LINE)


def _unquoted(value: str) -> str:
    value = value.strip()
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _kept(values: Iterable[str]) -> Iterator[str]:
    for value in map(str.strip, values):
        if len(value) >= _SHORTEST and value.lower() not in _OPEN and not _REFERENCE.fullmatch(value):
            yield value


def _bounded(value: str) -> str:
    """The value, but not inside a longer word: a password `test` says nothing about `latest`."""
    start = r"(?<!\w)" if value[0].isalnum() else ""
    end = r"(?!\w)" if value[-1].isalnum() else ""
    return f"{start}{re.escape(value)}{end}"
