"""What our own sentences suggest to type, and how we write times, is read when somebody types it: in every language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from babel.dates import get_day_names

from bot.blocks.rule_form_pages import ASKS
from bot.circleci.timetable import parse_timetable
from bot.command import Request, RequestSource
from bot.commands import COMMANDS
from bot.dispatch.parsed_call import parse_request
from bot.dispatch.registry import Registry
from bot.errors import UsageError
from bot.language import _
from bot.language.formats import format_duration
from bot.language.spoken import ENGLISH, NAMES, speaking
from bot.language.time_words import WEEKDAYS, find_weekday
from bot.rules.durations import find_span
from bot.rules.fields import FIELDS
from bot.rules.mute_until import EndTime
from bot.rules.quiet_hours import parse_quiet_hours, parse_time, parse_zone
from tests.plugins.catalogue import extract_catalogue, list_messages, list_texts, read_catalogue
from tests.plugins.each_case import each_case

OF_TIMES = {"bot/rules/mute_until.py", "bot/rules/quiet_hours.py", "bot/rules/durations.py"}
_READERS: Sequence[Callable[[str], object]] = (parse_time, parse_quiet_hours, parse_zone)


def _list_sentences(language: str) -> Iterator[tuple[set[str], str]]:
    """Where each stands, and how it is said."""
    places = {str(message.id): {file for file, _line in message.locations} for message in extract_catalogue()}
    catalogue = extract_catalogue() if language == ENGLISH else read_catalogue(language)
    for message in list_messages(catalogue):
        said = message.id if language == ENGLISH else message.string
        yield from ((places.get(str(message.id), set()), text) for text in list_texts(said))


def _list_codes(text: str) -> list[str]:
    return [code for code in re.findall(r"`([^`]+)`", text) if "{" not in code]


@each_case("language", NAMES)
def test_every_line_that_a_sentence_suggests_is_read(language: str) -> None:
    said = [code for _places, text in _list_sentences(language) for code in _list_codes(text)]
    lines = [code.removeprefix("/circle ") for code in said if code.startswith("/circle ")]
    assert len(lines) > 20
    for line in lines:
        parse_request(Request("T", "U", line, RequestSource.TYPED, "k"), Registry(COMMANDS))


@each_case("language", NAMES)
def test_every_time_that_a_sentence_suggests_is_read(language: str) -> None:
    codes = {code for places, text in _list_sentences(language) if places & OF_TIMES for code in _list_codes(text)}
    assert len(codes) > 8
    assert {code for code in codes if not _is_read(code)} == set()


def _is_read(text: str) -> bool:
    try:
        return not EndTime.parse(text.split())[1]
    except UsageError:
        return any(_reads(read, text) for read in _READERS)


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except UsageError:
        return False
    return True


@each_case("language", NAMES)
@each_case("name", [name for name, ask in ASKS.items() if ask.example])
def test_what_an_input_of_a_rule_shows_as_an_example_is_read(language: str, name: str) -> None:
    field = next(field for field in FIELDS if field.name == name)
    with speaking(language):
        shown = _(ASKS[name].example)
    assert field.parse(name, [re.sub(r"^(?:Ex\.|z\. B\.) ", "", shown)])


@each_case("language", NAMES)
@each_case("minutes", [1, 45, 60, 125, 24 * 60, 3 * 24 * 60 + 240])
def test_a_span_is_read_as_we_write_it(language: str, minutes: int) -> None:
    with speaking(language):
        assert find_span(format_duration(minutes * 60)) == timedelta(minutes=minutes)


@each_case("language", NAMES)
def test_every_day_is_read_by_its_name_and_as_we_shorten_it(language: str) -> None:
    for width in ("wide", "abbreviated"):
        names = [str(get_day_names(width, "stand-alone", language)[number]) for number in range(7)]
        assert [find_weekday(name) for name in names] == list(WEEKDAYS)
        assert [parse_timetable(name, "2").days_of_week for name in names] == [(day[:3].upper(),) for day in WEEKDAYS]


@each_case("said", ["hourly", "Stündlich", "09:00 Uhr, 17 Uhr", "9, 5pm"])
def test_a_digest_comes_when_it_is_said(said: str) -> None:
    times = next(field for field in FIELDS if field.name == "at")
    assert times.parse("at", [said]) in {("hourly",), ("09:00", "17:00")}


@each_case("said", ["22:00-08:00", "22 to 8", "from 10pm to 8am", "von 22 bis 8 Uhr", "22:00 bis 08:00 Uhr"])
def test_quiet_hours_are_read_as_people_say_them(said: str) -> None:
    assert [at.hour for at in parse_quiet_hours(said)] == [22, 8]


@each_case("said", ["täglich", "DAILY", "Mo-So"])
def test_days_of_a_schedule_are_said_in_any_language(said: str) -> None:
    assert len(parse_timetable(said, "2").days_of_week) == 7
