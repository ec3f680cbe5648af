"""The table of phrases (phrase_table.toml): what people say instead of a command, and the line that each means."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from bot.language import N_

ANSWERS = {
    "welcome": N_("You are welcome."),
    "nothing asked": N_(
        "I have asked nothing. Press a button, or say what you want: `rerun the failed one`, `is main green?`"
    ),
    "bye": N_("Bye."),
    "here": N_("I am here."),
}
"""What a row `says` instead of doing anything."""

_TABLE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True)
class PatternWord:
    """One place of a pattern: some words, or with `slot` any; a place may be optional."""

    words: frozenset[str]
    slot: str = ""
    optional: bool = False


Pattern = tuple[PatternWord, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A row: `means` is a line with slots; where that is empty, `answer` is all there is to say.

    What `acts` is never done, only proposed.
    """

    means: str
    answer: str
    acts: bool
    patterns: tuple[Pattern, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """`polite` words and `openings` say only how one asks; `no_names` name nothing; `short` is what is spelt short.

    A line that begins with one `asking`, or has second what `no_command_takes`, is a sentence and no command.
    """

    polite: frozenset[str]
    openings: tuple[tuple[str, ...], ...]
    no_names: frozenset[str]
    asking: frozenset[str]
    no_command_takes: frozenset[str]
    short: Mapping[str, tuple[str, ...]]


@cache
def load_wording() -> Wording:
    row = _load_table()["wording"]
    return Wording(
        polite=frozenset(row["polite"].split()),
        openings=tuple(tuple(line.split()) for line in row["openings"].split("\n") if line),
        no_names=frozenset(row["no_names"].split()),
        asking=frozenset(row["asking"].split()),
        no_command_takes=frozenset(row["no_command_takes"].split()),
        short={word: tuple(spelt.split()) for word, spelt in row["short"].items()},
    )


@cache
def _load_table() -> Mapping[str, Any]:
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))


@cache
def load_phrases() -> tuple[Phrase, ...]:
    """All rows, in the order in which they are tried."""
    table = _load_table()
    macros = table["macros"]
    return tuple(
        _build_phrase(row, macros, acts=kind == "proposes")
        for kind in ("answers", "reads", "proposes")
        for row in table[kind]
    )


def _build_phrase(row: Mapping[str, Any], macros: Mapping[str, list[str]], *, acts: bool) -> Phrase:
    patterns = tuple(one for line in row["patterns"].split("\n") if line for one in _parse_pattern(line, macros))
    examples = tuple(filter(None, row["examples"].split("\n")))
    return Phrase(row.get("means", ""), ANSWERS[row["says"]] if "says" in row else "", acts, patterns, examples)


def _parse_pattern(text: str, macros: Mapping[str, list[str]]) -> Iterator[Pattern]:
    """Each way in which its capitals can be written out; with a `?` behind them they may be missing."""
    for way in product(*(_list_ways(part, macros) for part in text.split())):
        yield tuple(_parse_word(word) for word in " ".join(way).split())


def _list_ways(part: str, macros: Mapping[str, list[str]]) -> list[str]:
    """Capitals may be one of several: `IT|us|channel`."""
    said = part.removesuffix("?").split("|")
    plain = "|".join(one for one in said if one not in macros)
    written = [*(line for one in said for line in macros.get(one, ())), *filter(None, [plain])]
    return [part] if plain and len(written) == 1 else [*written, *([""] if part.endswith("?") else [])]


def _parse_word(text: str) -> PatternWord:
    bare = text.removesuffix("?")
    slot = bare[1:-1] if bare.startswith("{") else ""
    return PatternWord(frozenset() if slot else frozenset(bare.split("|")), slot, bare != text)
