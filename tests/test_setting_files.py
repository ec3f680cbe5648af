"""`X_FILE` names the file that holds the setting `X`, for every setting, and no sentence shows what is in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.operating.environment import read_environment
from bot.setting_files import MOST_BYTES
from bot.settings import Settings

SECRET = "xoxb-" + "in-a-file"
EXAMPLES = {
    bool: "true",
    int: "8081",
    float: "2.5",
}
ODD = {
    "allow_pasted_tokens": "false",
    "language": "de",
    "circleci_api_v3": "off",
    "log_level": "debug",
    "log_format": "json",
    "failpoint": "post",
    "retention_audit": "read=90",
    "circleci_url": "https://c.test",
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def write(content: bytes | str) -> str:
    path = Path("secret")
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path.absolute())


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_may_stand_in_a_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    default = Settings.model_fields[name].default
    value = ODD.get(name) or EXAMPLES.get(type(default)) or "T1,T2"
    monkeypatch.setenv(name.upper(), value)
    by_variable = getattr(read_environment().settings, name)
    monkeypatch.delenv(name.upper())
    path = write(value + "\n")
    monkeypatch.setenv(f"{name.upper()}_FILE", path)
    read = read_environment()
    assert read.problems == []
    assert getattr(read.settings, name) == by_variable != default
    assert read.origins == {name: f"file {path}"}


@pytest.mark.parametrize(
    ("content", "value"),
    [(f"{SECRET}\n", SECRET), (f"{SECRET}\r\n", SECRET), (SECRET, SECRET), (f" {SECRET}\n\n", f" {SECRET}\n")],
)
def test_one_newline_at_the_end_does_not_count(content: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIRCLECI_TOKEN_FILE", write(content))
    token = read_environment().settings.circleci_token
    assert token
    assert token.get_secret_value() == value


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "CIRCLECI_TOKEN_FILE names a file that cannot be read (FileNotFoundError)."),
        (b"\xff" + SECRET.encode(), "CIRCLECI_TOKEN_FILE names a file that cannot be read (UnicodeDecodeError)."),
        (b"\n", "CIRCLECI_TOKEN_FILE names an empty file."),
        (SECRET.encode() * MOST_BYTES, "CIRCLECI_TOKEN_FILE names a file of more than 64 KB, which is no setting."),
    ],
    ids=["none", "no text", "empty", "large"],
)
def test_a_file_of_no_use_is_one_sentence_without_its_path_or_content(
    content: bytes | None, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path neither: somebody may have put the secret itself there."""
    monkeypatch.setenv("CIRCLECI_TOKEN_FILE", SECRET if content is None else write(content))
    read = read_environment()
    assert read.problems == [why]
    assert SECRET not in repr(read)
    assert (read.settings.circleci_token, read.origins) == (None, {})


@pytest.mark.parametrize("where", ["environment", ".env"])
def test_what_is_given_both_ways_is_refused(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIRCLECI_TOKEN_FILE", write(SECRET))
    if where == ".env":
        Path(".env").write_text("CIRCLECI_TOKEN=other\n")
    else:
        monkeypatch.setenv("CIRCLECI_TOKEN", "other")
    assert read_environment().problems == ["CIRCLECI_TOKEN and CIRCLECI_TOKEN_FILE are both set: unset one."]
    assert read_environment().settings.circleci_token is None


def test_the_file_may_be_named_in_dotenv_and_an_empty_name_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(f"CIRCLECI_TOKEN_FILE={write(SECRET)}\nPUBLIC_URL=https://a.test\n")
    monkeypatch.setenv("PUBLIC_URL_FILE", "")
    read = read_environment()
    assert read.problems == []
    assert read.settings.circleci_token
    assert read.origins["public_url"] == ".env"


def test_a_misspelt_name_of_a_file_is_complained_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL_FIL", "x")
    (told,) = read_environment().problems
    assert "Did you mean DATABASE_URL_FILE?" in told
