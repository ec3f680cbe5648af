"""A line that we write, and what is read from one: words are data, options and pairs are named.

What a button, a form or a row of the store holds is written by `format_line` only: the type `Written` says so.
It reads back as exactly what it was made of (bot/dispatch/words.py), whatever a hold, a step or a branch is called:

    command word … --flag --name=value key=value       where every word reads as one
    command --flag --name=value key=value -- word …    where one begins with dashes or holds an `=`

each part quoted as a shell quotes it. An option as two words (`--name value`) was typed, or comes from a release that
wrote so: commas in its value may separate several.
"""

from __future__ import annotations

import csv
import io
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NewType
from urllib.parse import unquote

Written = NewType("Written", str)

OptionValue = str | bool | Sequence[str] | None
"""What an option says: a value, several, True for a flag; nothing for False, None and no values."""

LONGEST = 1900
"""Characters of a line that stands in a button itself; Slack takes 2,000, and older releases cut there."""

END = "--"
"""After it all words are data."""

_ODD_KEY = re.compile(r"^-|[\s%=<>/:]")


def format_line(command: str, /, *words: str, **options: OptionValue) -> Written:
    """The line that says this command, these words and these options (`_` stands for `-`)."""
    return _format_parts(command, words, list(_format_options(options)))


def extend_line(said: Written, pairs: Mapping[str, str] | None = None, /, **options: OptionValue) -> Written:
    """The same line with these pairs and options too."""
    parts = shlex.split(said)
    at = parts.index(END) if END in parts else len(parts)
    named = [f"{_escape_key(name)}={value}" for name, value in (pairs or {}).items()]
    return Written(shlex.join([*parts[:at], *_format_options(options), *named, *parts[at:]]))


def join_parts(parts: Iterable[str]) -> Written:
    """The line of these parts, options among them as they are written."""
    return Written(shlex.join(parts))


def split_parts(said: str) -> list[str]:
    """Its parts. Raises ValueError where a quote is left open."""
    return shlex.split(said)


def has_option(said: str, option: str) -> bool:
    """Whether a line that we wrote has this option."""
    parts = shlex.split(said)
    named = parts[: parts.index(END)] if END in parts else parts
    return f"--{option}" in named


def _format_parts(command: str, words: Sequence[str], named: Sequence[str]) -> Written:
    plain = not any(word.startswith(END) or "=" in word for word in words)
    return Written(shlex.join([command, *words, *named] if plain else [command, *named, END, *words]))


def _format_options(options: Mapping[str, OptionValue]) -> Iterator[str]:
    for name, said in options.items():
        option = f"--{name.replace('_', '-')}"
        if isinstance(said, bool) or said is None:
            yield from [option] if said else []
        else:
            yield from (f"{option}={value}" for value in ([said] if isinstance(said, str) else said))


def _escape_key(name: str) -> str:
    """As it can stand before an `=`: what would end it, or make an option of it, in per cent."""
    return _ODD_KEY.sub(lambda odd: "".join(f"%{byte:02X}" for byte in odd[0].encode()), name)


def parse_key(written: str) -> str:
    """The name of a pair that `format_line` wrote."""
    return unquote(written)


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """A line after its command: `words` in order, `options` by name (a bare flag has no value), `pairs` key=value.

    `exact` are options whose values are whole, whatever commas they hold: what we wrote.
    """

    words: tuple[str, ...] = ()
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pairs: Mapping[str, str] = field(default_factory=dict)
    exact: frozenset[str] = frozenset()

    def has_flag(self, name: str) -> bool:
        return name in self.options

    def get_value(self, name: str) -> str | None:
        values = self.options.get(name)
        return values[-1] if values else None

    def get_text(self, name: str, most: int) -> str:
        """What somebody typed for people to read, `most` characters of it; "" where nothing was typed."""
        return (self.get_value(name) or "").strip()[:most]

    def get_values(self, name: str) -> tuple[str, ...]:
        """Every value of an option that may be repeated or, where somebody typed it, hold commas."""
        values = self.options.get(name, ())
        return values if name in self.exact else tuple(part for value in values for part in split_commas(value))

    def to_written(self, command: str) -> Written:
        """The line that reads as this one."""
        if not (self.words or self.options or self.pairs):
            return format_line(command)
        options = chain.from_iterable(self._format_option(name, values) for name, values in self.options.items())
        return extend_line(_format_parts(command, self.words, list(options)), self.pairs)

    def _format_option(self, name: str, values: Sequence[str]) -> Iterable[str]:
        if not values or name in self.exact:
            return _format_options({name: values or True})
        return chain.from_iterable([f"--{name}={END}"] if value == END else [f"--{name}", value] for value in values)


def split_commas(text: str) -> tuple[str, ...]:
    """What stands between commas; one that holds commas itself stands in double quotes (as in CSV)."""
    try:
        rows = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
        return tuple(part.strip() for row in rows for part in row if part.strip())
    except csv.Error:
        return tuple(part.strip() for part in text.split(",") if part.strip())


def parse_pairs(text: str) -> dict[str, str]:
    """`name=value` one a line, the value exactly as it stands; with spaces around the `=` those are not its own."""
    parted = (each.partition("=") for each in text.splitlines() if "=" in each)
    return {name.strip(): value.strip() if name.endswith(" ") else value for name, _, value in parted}


def join_commas(texts: Iterable[str]) -> str:
    """The inverse of `split_commas`, for people to read and change."""
    row = io.StringIO(newline="")
    csv.writer(row, lineterminator="").writerow(texts)
    return row.getvalue()
