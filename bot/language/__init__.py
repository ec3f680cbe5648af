"""Every sentence in its reader's language. The English one stands in the code and is the key to the others.

    _("{who} approved {hold}", who=…, hold=…)                        one sentence, its values by name
    ngettext("{count} test failed", "{count} tests failed", count)   by a number
    N_("Lists the rules of this channel")                            in a table made at import: marked for the
                                                                     catalogue, said by `_(…)` where it is shown
    say_kept(row.error)                                              what was stored by `keep(…)` (said.py)

The catalogues (`de.po`) are gettext's; tests/language holds them and the code together.
"""

from __future__ import annotations

import gettext
import json
from pathlib import Path
from typing import Any

from bot.language.catalogue_file import read_catalogue
from bot.language.formats import format_number, get_plural_forms
from bot.language.said import MARK, Said
from bot.language.spoken import ENGLISH, get_language
from bot.pseudonyms import replace_erased

_catalogues: dict[str, gettext.NullTranslations] = {ENGLISH: gettext.NullTranslations()}
"""Those that somebody has read."""


def _(sentence: str, /, **values: object) -> str:
    """The sentence in the reader's language, its `{names}` filled in; English where nobody translated it."""
    told = _get_catalogue().gettext(sentence) if sentence else ""
    return Said(_name_erased(told.format_map(values)) if values else told, sentence, values)


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The sentence that fits a number; `{count}` is that number."""
    told = _get_catalogue().ngettext(one, many, count)
    shown = told.format_map({"count": format_number(count), **values})
    return Said(_name_erased(shown), (one, many, count), values)


def _name_erased(text: str) -> str:
    return replace_erased(text, name_erased_person)


def name_erased_person() -> str:
    """What they are called who are called nothing any more."""
    return _("somebody who was erased")


def N_(sentence: str, /) -> str:  # noqa: N802 - gettext's name for it, which translators' tools know
    """The English sentence, marked for the catalogue."""
    return sentence


def say_kept(kept: str) -> str:
    """What `keep` made of a text, in the reader's language; anything else as it was stored."""
    return _say(json.loads(kept)) if kept.startswith(MARK) else kept


def _say(made: Any) -> Any:
    if not isinstance(made, dict):
        return made
    values = {name: _say(value) for name, value in made["with"].items()}
    return _(made["say"], **values) if isinstance(made["say"], str) else ngettext(*made["say"], **values)


def _get_catalogue() -> gettext.NullTranslations:
    language = get_language()
    if language not in _catalogues:
        _catalogues[language] = _load_catalogue(language)
    return _catalogues[language]


def _load_catalogue(language: str) -> gettext.NullTranslations:
    text = Path(__file__).with_name(f"{language}.po").read_text("utf-8")
    return read_catalogue(text, get_plural_forms(language))
