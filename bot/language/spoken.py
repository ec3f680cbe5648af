"""Which language is spoken: the reader's own where one person reads, the installation's where several do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ENGLISH = "en"

AS_IN_SLACK = "slack"
"""Chosen instead of a language."""

NAMES = {ENGLISH: "English", "de": "Deutsch"}
"""The languages there are, each as it calls itself (`de.po` beside this file)."""

_shared: ContextVar[str] = ContextVar("language that several read", default=ENGLISH)
_own: ContextVar[str | None] = ContextVar("language of one reader", default=None)


def get_language() -> str:
    """What is said now is said in it."""
    return _own.get() or _shared.get()


def find_language(locale: str | None) -> str | None:
    """The language that we have for a locale as Slack writes it (`de-CH`); None where we have none."""
    known = {code.casefold(): code for code in NAMES}
    wanted = (locale or "").replace("-", "_").casefold()
    return known.get(wanted) or known.get(wanted.partition("_")[0])


def set_shared_language(language: str) -> None:
    """What several people read is said in it from now on, here and in every task begun here."""
    _shared.set(language)


def set_language(language: str | None) -> None:
    """From here on, until the end of the `speaking` around it."""
    _own.set(language)


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """What is said within is said in this language; None: several people read it."""
    before = _own.set(language)
    try:
        yield
    finally:
        _own.reset(before)
