"""Words of time as people say them in each language: whoever types them need not know ours."""

from __future__ import annotations

from collections.abc import Iterable

UNTIL, FOR, AT, FROM, TOMORROW, HOURLY = "until", "for", "at", "from", "tomorrow", "hourly"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_WORDS = {
    UNTIL: "until till to bis",
    FOR: "for für fuer",
    AT: "at um ab",
    FROM: "from von",
    TOMORROW: "tomorrow morgen",
    HOURLY: "hourly stündlich stuendlich",
    "daily": "daily täglich taeglich",
    "weekdays": "weekdays werktags werktage",
    "weekend": "weekend weekends wochenende wochenends",
    "w": "w week weeks woche wochen wo",
    "d": "d day days tag tage tagen tg",
    "h": "h hr hrs hour hours stunde stunden std",
    "m": "m min mins minute minutes minuten",
    "am": "am",
    "pm": "pm",
    "o'clock": "o'clock uhr",
    "monday": "monday mon montag mo",
    "tuesday": "tuesday tue tues dienstag di",
    "wednesday": "wednesday wed mittwoch mi",
    "thursday": "thursday thu thurs donnerstag do",
    "friday": "friday fri freitag fr",
    "saturday": "saturday sat samstag sa sonnabend",
    "sunday": "sunday sun sonntag so",
}
"""What a word means, and how people say it: in English first, then in German."""

_MEANINGS = {word: meaning for meaning, words in _WORDS.items() for word in words.split()}
_LONGEST = max(map(len, _MEANINGS))


def get_meaning(word: str) -> str:
    """The word of ours that means the same; any other word in small letters."""
    plain = word.strip().rstrip(".").lower() if len(word) <= _LONGEST + 2 else word.lower()
    return _MEANINGS.get(plain, word.lower())


def find_weekday(word: str) -> str | None:
    """A day of the week, also by how it begins (`thur`, `donn`)."""
    meaning = get_meaning(word)
    if meaning in WEEKDAYS:
        return meaning
    return next((day for day in _list_beginning(meaning) if day in WEEKDAYS), None) if len(meaning) >= 3 else None


def _list_beginning(text: str) -> Iterable[str]:
    return (meaning for word, meaning in _MEANINGS.items() if word.startswith(text))
