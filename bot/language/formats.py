"""Numbers, durations, days and lists as the reader's language writes them.

`cldr.json` has what we need of Unicode's CLDR, made by Babel (tests/language/test_cldr.py): all of it takes 36 MB.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from bot.language.spoken import get_language

_NO_BREAK = "\u00a0"
"""A number stays on its unit's line, on a phone too."""


def format_number(value: float, decimals: int = 0) -> str:
    """`1,234` or `1.234`; with that many decimals, of which no zeros are left out."""
    here = _get_table()
    told = f"{Decimal(str(value)):,.{decimals}f}"
    return told.translate({ord(","): here["group"], ord("."): here["decimal"]})


def format_amount(number: str, unit: str) -> str:
    """`24 MB`, `93.4 %`."""
    return f"{number}{_NO_BREAK}{unit}"


def format_duration(seconds: float, *, hundredths: bool = False) -> str:
    """`45s`, `3m 12s`, `2h 5m`, `3d 4h` (`2 Std. 5 Min.`): the two largest units that say something.

    With `hundredths` it is seconds alone: `0.25s`.
    """
    if hundredths:
        return _format_unit(max(0.0, seconds), "second", decimals=2)
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "day"), (hours, "hour"), (minutes, "minute"), (rest, "second")]
    first = next((place for place, (amount, _unit) in enumerate(parts) if amount), 3)
    named = [_format_unit(amount, unit) for amount, unit in parts[first : first + 2] if amount]
    return " ".join(named) or _format_unit(0, "second")


def format_day(day: date, *, year: bool = False) -> str:
    """`4 Mar`, `4. März`; with its year where that is not known."""
    here = _get_table()
    pattern: str = here["day_of_year" if year else "day"]
    return pattern.format(day=day.day, month=here["months_of_days"][day.month - 1], year=day.year)


def format_weekday(number: int) -> str:
    """`Mon`, `Mo`; 0 is Monday."""
    return str(_get_table()["weekdays"][number])


def format_month(number: int) -> str:
    """`Mar`, `Mär`; 1 is January."""
    return str(_get_table()["months"][number - 1])


def join_and(texts: Sequence[str]) -> str:
    """`a, b and c`."""
    return _join(texts, _get_table()["and"])


def join_or(texts: Sequence[str]) -> str:
    """`a, b or c`."""
    return _join(texts, _get_table()["or"])


def list_language_names() -> dict[str, str]:
    """The languages there are, by their names in each of them (`german`, `deutsch`), without capitals."""
    return {name.casefold(): code for table in _load_tables().values() for code, name in table["names"].items()}


def get_plural_forms(language: str) -> str:
    """As gettext's header `Plural-Forms` says it."""
    return str(_load_tables()[language]["plural"])


def _join(texts: Sequence[str], patterns: dict[str, str]) -> str:
    if len(texts) < 3:
        return patterns["2"].format(*texts) if len(texts) == 2 else "".join(texts)
    told = patterns["start"].format(*texts[:2])
    for text in texts[2:-1]:
        told = patterns["middle"].format(told, text)
    return patterns["end"].format(told, texts[-1])


def _format_unit(amount: float, unit: str, decimals: int = 0) -> str:
    pattern: str = _get_table()["units"][unit]["one" if amount == 1 else "other"]
    return pattern.format(format_number(amount, decimals)).replace(" ", _NO_BREAK)


def _get_table() -> dict[str, Any]:
    """Of the language, where its country (`en_GB`) has none of its own."""
    tables, language = _load_tables(), get_language()
    return tables.get(language) or tables[language.partition("_")[0]]


@cache
def _load_tables() -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("cldr.json").read_text("utf-8"))
    return tables
