"""Every sentence in its reader's language. The English one stands in the code and is the key to the others.

    _("{who} approved {hold}", who=…, hold=…)                        one sentence, its values by name
    ngettext("{count} test failed", "{count} tests failed", count)   by a number
    N_("Lists the rules of this channel")                            in a table made at import: marked for the
                                                                     catalogue, said by `_(…)` where it is shown

The catalogues (`de.po`) are gettext's, read by Babel; tests/language holds them and the code together. What people
share is said in the language of the installation (LANGUAGE), what one person alone reads in theirs.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources
from io import BytesIO

from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ENGLISH = "en"
NAMES = {ENGLISH: "English", "de": "Deutsch"}
"""The languages there are, each as it calls itself."""

_shared: ContextVar[str] = ContextVar("shared language", default=ENGLISH)
_spoken: ContextVar[str | None] = ContextVar("language of the reader", default=None)


def _(sentence: str, /, **values: object) -> str:
    """The sentence in the reader's language, its `{names}` filled in; English where nobody translated it."""
    told = _load_catalogue(get_language()).gettext(sentence) if sentence else ""
    return told.format_map(values) if values else told


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The sentence that fits a number; `{count}` is that number."""
    told = _load_catalogue(get_language()).ngettext(one, many, count)
    return told.format_map({"count": f"{count:,}", **values})


def N_(sentence: str, /) -> str:  # noqa: N802 - gettext's name for it, which translators' tools know
    """The English sentence, marked for the catalogue."""
    return sentence


def get_language() -> str:
    """The reader's; where several read it, the installation's."""
    return _spoken.get() or _shared.get()


def find_language(locale: str | None) -> str | None:
    """The language that we have for a locale as Slack writes it (`de-CH`); None where we have none."""
    return negotiate_locale([locale], list(NAMES), sep="-") if locale else None


def set_shared_language(language: str) -> None:
    """What several people read is said in it from now on, here and in every task begun here."""
    _shared.set(language)


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Say what is said within in this language; None: in the language of what several people read."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


@cache
def _load_catalogue(language: str) -> gettext.NullTranslations:
    if language == ENGLISH:
        return gettext.NullTranslations()
    source = resources.files(__name__).joinpath(f"{language}.po")
    with source.open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
