"""Numbers, durations, days and lists as the reader's language writes them (Unicode CLDR, by Babel)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from babel import Locale
from babel.dates import format_skeleton, get_day_names, get_month_names
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit

from bot.language.spoken import ENGLISH, get_language

_LOCALES = {ENGLISH: "en_GB"}
"""Where the language alone is not enough: `4 March`, and `a, b and c` without a comma before the last."""

_UNITS: Mapping[str, Literal["narrow", "short"]] = {"de": "short"}
"""How long CLDR's units are; "narrow" elsewhere: German's narrow `2h 5 Min.` and `3 T` mix symbols and words."""


def format_number(value: float, decimals: int = 0) -> str:
    """`1,234` or `1.234`; with that many decimals, of which no zeros are left out."""
    return format_decimal(value, _get_pattern(decimals), locale=_get_locale())


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
    return format_skeleton("yMMMd" if year else "MMMd", day, locale=_get_locale())


def format_weekday(number: int) -> str:
    """`Mon`, `Mo`; 0 is Monday."""
    return str(get_day_names("abbreviated", "stand-alone", _get_locale())[number])


def format_month(number: int) -> str:
    """`Mar`, `Mär`; 1 is January."""
    return str(get_month_names("abbreviated", "stand-alone", _get_locale())[number])


def join_and(texts: Sequence[str]) -> str:
    """`a, b and c`."""
    return format_list(texts, locale=_get_locale())


def join_or(texts: Sequence[str]) -> str:
    """`a, b or c`."""
    return format_list(texts, style="or", locale=_get_locale())


def _format_unit(amount: float, unit: str, decimals: int = 0) -> str:
    length = _UNITS.get(get_language(), "narrow")
    return format_unit(amount, f"duration-{unit}", length, format=_get_pattern(decimals), locale=_get_locale())


def _get_pattern(decimals: int) -> str:
    return "#,##0." + "0" * decimals if decimals else "#,##0"


def _get_locale() -> Locale:
    language = get_language()
    return Locale.parse(_LOCALES.get(language, language))
