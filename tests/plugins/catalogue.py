"""The sentences that the code marks, as gettext's tools find them: what a catalogue has to hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

CHECKOUT = Path(__file__).parents[2]
FOLDER = CHECKOUT / "bot" / "language"


@cache
def extract_catalogue() -> Catalog:
    """What stands in bot/, each sentence with the files in which it stands."""
    found = Catalog()
    for file, sentence in extract_sentences():
        found.add(sentence, locations=[(f"bot/{file}", 0)])
    return found


@cache
def extract_sentences() -> tuple[tuple[str, str | tuple[str, ...]], ...]:
    """Each with its file, as often as it is said; what is counted is two texts."""
    found = extract_from_dir(CHECKOUT / "bot")
    return tuple((file, sentence) for file, _line, sentence, _comments, _context in found)


def read_catalogue(language: str) -> Catalog:
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def list_messages(catalogue: Catalog) -> list[Message]:
    """Without the header."""
    return [message for message in catalogue if message.id]


def list_texts(texts: str | tuple[str, ...] | list[str]) -> list[str]:
    """One, or one for each number of what is counted."""
    return [texts] if isinstance(texts, str) else list(texts)


def list_names(text: str) -> Iterator[str]:
    """The names of what is filled in."""
    return (name for _before, name, _spec, _conversion in Formatter().parse(text) if name is not None)


def list_marks(text: str) -> list[str]:
    """What stands in a sentence in any language: code, emoji, mentions and addresses."""
    return sorted(re.findall(r"`[^`]+`|:[a-z_]+:|<[^>]+>|https?://\S+", text))
