from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.operating import environment
from bot.settings import Settings
from tests.plugins.each_case import each_case

NAMES = [name.upper() for name in Settings.model_fields]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither in the environment nor in a `.env`."""
    for name in os.environ:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_where_nothing_is_set_nothing_is_wrong_with_how() -> None:
    settings, wrong = environment.read_settings()
    assert wrong == []
    assert settings.port == 8080


def test_what_is_wrong_in_all_places_comes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("HOSTNAME", "x")
    Path(".env").write_text("LOG_FORMAT=xml\n\nnonsense here\nPUBLIC_URL=https://a.test\nADMIN_USER=U1\n")
    settings, wrong = environment.read_settings()
    assert settings.public_url == "https://a.test"
    assert wrong == [
        ".env, line 3, cannot be read. Write it as NAME=value.",
        "PORT must be a whole number. For example: 8080",
        "LOG_FORMAT must be console or json. For example: console or json",
        "ADMIN_USER is no setting. Did you mean ADMIN_USERS? If it is somebody else's, set ADMIN_USERS to nothing.",
    ]


@each_case("setting", [name for name in NAMES if len(name) >= 8])
def test_a_letter_that_is_missing_doubled_or_in_another_place_is_complained_about(setting: str) -> None:
    for at in range(2, len(setting) - 1):
        first, second = setting[at : at + 2]
        for wrong in (setting[:at] + setting[at + 1 :], setting[:at] + first + setting[at:]):
            assert wrong in NAMES or setting in "".join(environment.find_misspellings([wrong])), wrong
        swapped = setting[:at] + second + first + setting[at + 2 :]
        assert swapped in NAMES or environment.find_misspellings([swapped])


def test_what_is_not_almost_a_setting_or_stands_beside_it_is_somebody_elses() -> None:
    theirs = [
        "PATH",
        "HOSTNAME",
        "PORTS",
        "CIRCLECI",
        "CIRCLE_TOKEN",
        "CIRCLECI_CLI_TOKEN",
        "SLACK_TOKEN",
        "PGDATABASE",
    ]
    assert environment.find_misspellings([*theirs, "DATABASE_HOST", "LOG_LEVEL", "PUBLIC_IP"]) == []
    assert environment.find_misspellings(["DATABASE_URI", "DATABASE_URL"]) == []
    assert environment.find_misspellings(["slack_bot_token"]) == [], "settings are read in any case"


@pytest.mark.parametrize("content", [b"PUBLIC_URL=\xff\xfe", None], ids=["not text", "a folder"])
def test_a_file_that_cannot_be_read_is_a_sentence(content: bytes | None) -> None:
    Path(".env").mkdir() if content is None else Path(".env").write_bytes(content)
    _, (sentence,) = environment.read_settings()
    assert sentence.startswith(".env cannot be read (")


WORDS_OF_A_LIBRARY = ("Input should", "Value error", "Field required", "Extra inputs", "unable to", "valid ", "type=")


@each_case("setting", NAMES)
@each_case("value", ["-1", "x", "1e999", "99999999", "nan", "[]", "é"])
def test_no_word_of_a_library_is_in_a_sentence(setting: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setenv(setting, value)
        _, wrong = environment.read_settings()
    assert all(sentence.startswith(f"{setting} ") for sentence in wrong)
    assert not [words for words in WORDS_OF_A_LIBRARY if words in " ".join(wrong)]
