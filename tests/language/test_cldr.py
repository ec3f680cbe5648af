"""`cldr.json` is what we need of CLDR, by Babel, and `formats` writes with it what Babel writes.

Babel with all its data takes 36 MB, so it is for developers only. A language that is new in `spoken.NAMES` gets its
table by `make golden`.
"""

from __future__ import annotations

import json
import os
import re
from datetime import date, timedelta
from typing import Any, Literal

import pytest
from babel import Locale
from babel.dates import format_skeleton, get_day_names, get_month_names
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.numbers import format_decimal
from babel.units import format_unit
from hypothesis import given
from hypothesis import strategies as st

from bot.language import formats
from bot.language.spoken import ENGLISH, NAMES, speaking
from tests.plugins.catalogue import FOLDER

LOCALES = {ENGLISH: "en_GB"}
"""Where the language alone is not enough: `4 March`, and `a, b and c` without a comma before the last."""

LENGTHS: dict[str, Literal["narrow", "short"]] = {"de": "short"}
"""How long units are; "narrow" elsewhere: German's narrow `2h 5 Min.` and `3 T` mix symbols and words."""

UNITS = ("day", "hour", "minute", "second")
DAYS = {"day": "MMMd", "day_of_year": "yMMMd"}
STYLES: dict[str, Literal["standard", "or"]] = {"and": "standard", "or": "or"}
FIELDS = {"d": "{day}", "MMM": "{month}", "y": "{year}"}


def get_locale(language: str) -> Locale:
    return Locale.parse(LOCALES.get(language, language))


def build_table(language: str) -> dict[str, Any]:
    locale, length = get_locale(language), LENGTHS.get(language, "narrow")
    symbols = locale.number_symbols["latn"]
    catalogue = Catalog(locale=language)
    assert locale.plural_form.tags == {"one"}, "units are told by `one` and `other` alone"
    return {
        "decimal": symbols["decimal"],
        "group": symbols["group"],
        "plural": f"nplurals={catalogue.num_plurals}; plural={catalogue.plural_expr};",
        "units": {unit: _build_unit(locale._data["unit_patterns"][f"duration-{unit}"][length]) for unit in UNITS},
        **{name: _build_day(locale.datetime_skeletons[skeleton].pattern) for name, skeleton in DAYS.items()},
        "months_of_days": _list_months(locale, "format"),
        "months": _list_months(locale, "stand-alone"),
        "weekdays": [get_day_names("abbreviated", "stand-alone", locale)[day] for day in range(7)],
        **{name: dict(locale.list_patterns[style]) for name, style in STYLES.items()},
        "names": {code: Locale.parse(code).get_display_name(language) for code in NAMES},
    }


def _list_months(locale: Locale, use: Literal["format", "stand-alone"]) -> list[str]:
    return [get_month_names("abbreviated", use, locale)[month] for month in range(1, 13)]


def _build_unit(patterns: dict[str, str]) -> dict[str, str]:
    return {category: patterns[category] for category in ("one", "other")}


def _build_day(pattern: str) -> str:
    return re.sub(r"[A-Za-z]+", lambda found: FIELDS[found[0]], pattern)


def test_the_table_is_what_babel_makes_of_cldr() -> None:
    file = FOLDER / "cldr.json"
    made = json.dumps({language: build_table(language) for language in NAMES}, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(made, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == made, "run: make golden"


@pytest.mark.parametrize("language", NAMES)
@given(value=st.integers(0, 10**12) | st.decimals(0, 10**9, places=4).map(float), decimals=st.integers(0, 3))
def test_a_number_is_as_babel_writes_it(language: str, value: float, decimals: int) -> None:
    pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    with speaking(language):
        assert formats.format_number(value, decimals) == format_decimal(value, pattern, locale=get_locale(language))


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_is_as_babel_writes_it_and_stays_with_its_number(language: str, unit: str) -> None:
    length, locale = LENGTHS.get(language, "narrow"), get_locale(language)
    with speaking(language):
        for amount in (0, 1, 2, 59, 1234):
            wanted = format_unit(amount, f"duration-{unit}", length, locale=locale)
            assert formats._format_unit(amount, unit) == wanted.replace(" ", "\u00a0")
        for part in (0.0, 0.25, 1.0, 1.5):
            wanted = format_unit(part, f"duration-{unit}", length, format="#,##0.00", locale=locale)
            assert formats._format_unit(part, unit, 2) == wanted.replace(" ", "\u00a0")


@pytest.mark.parametrize("language", NAMES)
def test_a_day_is_as_babel_writes_it(language: str) -> None:
    locale = get_locale(language)
    with speaking(language):
        weekdays = get_day_names("abbreviated", "stand-alone", locale)
        for day in (date(2027, 12, 31) - timedelta(passed) for passed in range(366)):
            assert formats.format_day(day) == format_skeleton("MMMd", day, locale=locale)
            assert formats.format_weekday(day.weekday()) == weekdays[day.weekday()]
            assert formats.format_day(day, year=True) == format_skeleton("yMMMd", day, locale=locale)


@pytest.mark.parametrize("language", NAMES)
@given(texts=st.lists(st.text("ab{}%,", max_size=3), max_size=6))
def test_a_list_is_as_babel_writes_it(language: str, texts: list[str]) -> None:
    with speaking(language):
        assert formats.join_and(texts) == format_list(texts, locale=get_locale(language))
        assert formats.join_or(texts) == format_list(texts, style="or", locale=get_locale(language))
