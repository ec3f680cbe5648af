"""A language made from English by accents: whatever is read without them was never given to the catalogue.

Translators call it a pseudo-locale. Each text keeps its length, so that every limit of Slack's holds as in English.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager

from bot import language
from bot.language.spoken import NAMES

LANGUAGE = "en_GB"
"""People of the sandbox have this locale, so it is theirs once it is installed."""

_ACCENTED = "àçéïñöšûýÀÇÉÏÑÖŠÛÝ"
_ACCENTS = str.maketrans("aceinosuyACEINOSUY", _ACCENTED)
_KEPT = re.compile(r"(`[^`]*`|\{\w+\}|<[^>]*>|:[a-z0-9_+-]+:|https?://\S+|\bEx\. \S.*)")


def add_accents(text: str) -> str:
    """Beside code, names to be filled in, links, emoji and examples."""
    parts = _KEPT.split(text)
    parts[::2] = [part.translate(_ACCENTS) for part in parts[::2]]
    return "".join(parts)


def has_accents(text: str) -> bool:
    return any(letter in text for letter in _ACCENTED)


class AccentedTranslations(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return add_accents(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return add_accents(super().ngettext(msgid1, msgid2, n))


@contextmanager
def installed() -> Iterator[None]:
    """Everybody whose language is not set otherwise reads it, as long as this lasts."""
    NAMES[LANGUAGE], language._catalogues[LANGUAGE] = "Àççéñts", AccentedTranslations()
    try:
        yield
    finally:
        del NAMES[LANGUAGE], language._catalogues[LANGUAGE]
