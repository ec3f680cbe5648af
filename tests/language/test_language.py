from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from bot.language import N_, _, ngettext
from bot.language.spoken import find_language, get_language, set_language, set_shared_language, speaking
from tests.plugins import accented_language
from tests.plugins.each_case import each_case


@pytest.fixture(autouse=True)
def accented() -> Iterator[None]:
    with accented_language.installed():
        yield


def test_english_is_what_stands_in_the_code() -> None:
    assert _("{who} approved {hold}", who="Ada", hold="`ship`") == "Ada approved `ship`"
    assert [ngettext("{count} job", "{count} jobs", count) for count in (0, 1, 1200)] == [
        "0 jobs",
        "1 job",
        "1,200 jobs",
    ]


def test_german_has_its_own_plurals() -> None:
    with speaking("de"):
        assert [ngettext("{count} job", "{count} jobs", count) for count in (0, 1, 1200)] == [
            "0 Jobs",
            "1 Job",
            "1.200 Jobs",
        ]


def test_a_value_is_never_read_as_a_sentence() -> None:
    assert _("{who} approved", who="{hold} {0} %s") == "{hold} {0} %s approved"
    assert _("50% of {all braces") == "50% of {all braces"


def test_what_is_marked_is_translated_where_it_is_shown() -> None:
    label = N_("Lists the rules")
    assert label == "Lists the rules"
    with speaking(accented_language.LANGUAGE):
        assert _(label) == "Lïštš thé rûléš"


def test_nobody_is_spoken_to_in_the_language_of_another() -> None:
    with speaking("de"):
        with speaking(None):
            assert get_language() == "en"
        assert get_language() == "de"
        set_language("en")
        assert get_language() == "en"
    assert get_language() == "en"


async def test_tasks_speak_as_the_one_that_began_them() -> None:
    async def ask() -> str:
        await asyncio.sleep(0)
        return get_language()

    async def speak_german() -> str:
        with speaking("de"):
            return await ask()

    assert await asyncio.gather(ask(), speak_german(), asyncio.create_task(ask())) == ["en", "de", "en"]


async def test_what_several_read_is_in_the_language_of_the_installation() -> None:
    async def run() -> tuple[str, str]:
        set_shared_language("de")
        with speaking("en"):
            return get_language(), await asyncio.create_task(_get_shared())

    assert await asyncio.create_task(run()) == ("en", "de")


async def _get_shared() -> str:
    with speaking(None):
        return get_language()


@each_case(
    ("locale", "language"),
    [
        ("de-DE", "de"),
        ("de-CH", "de"),
        ("de", "de"),
        ("en-US", "en"),
        ("fr-FR", None),
        ("", None),
        (None, None),
        ("?", None),
    ],
)
def test_the_language_of_a_locale(locale: str | None, language: str | None) -> None:
    assert find_language(locale) == language
