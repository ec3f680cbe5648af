"""What people say in words of their own: every example of the table, what stays a command, and what must not act."""

from __future__ import annotations

import shlex
from typing import Any

from bot.blocks.help_blocks import OWN_WORDS
from bot.command import Command, Request, RequestSource
from bot.commands import COMMANDS
from bot.dispatch.parsed_call import parse_request
from bot.dispatch.phrase_table import Phrase, load_phrases
from bot.dispatch.registry import Registry
from bot.dispatch.sentences import ParsedSentence, read_sentence
from bot.language import _
from bot.language.spoken import NAMES, speaking
from bot.rules.policy_line import ACT_FAMILIES
from tests.plugins.each_case import each_case

WORDS = frozenset(word for command in COMMANDS for word in (command.name, *command.aliases))
SAID = [(example, phrase) for phrase in load_phrases() for example in phrase.examples]


def _parse(text: str) -> tuple[str, str]:
    """The command that a typed line is of, and the line as we would write it."""
    call = parse_request(Request("T", "U", text, RequestSource.TYPED, "k"), Registry(COMMANDS))
    return call.command.name, call.written


@each_case(("said", "phrase"), SAID, ids=[said for said, _phrase in SAID])
def test_what_people_say_means_what_its_row_says(said: str, phrase: Phrase) -> None:
    reading = read_sentence(said, WORDS)
    assert reading
    if not phrase.means:
        assert (reading.line, reading.answer) == (None, phrase.answer)
        return
    assert reading.line
    line = shlex.split(reading.line)[-1] if reading.acts else reading.line
    assert reading.acts is phrase.acts
    for part, meant in zip(shlex.split(line), phrase.means.split(), strict=True):
        assert part == meant or "{" in meant


@each_case("language", NAMES)
def test_what_help_suggests_to_say_is_understood_in_each_language(language: str) -> None:
    with speaking(language):
        said = [_(words) for words in OWN_WORDS]
    lines = [reading and reading.line for words in said if (reading := read_sentence(words, WORDS))]
    assert [shlex.split(line or "")[0] for line in lines] == ["why", "status", "propose"], said


def test_there_are_examples_enough_and_none_is_in_two_rows() -> None:
    assert len(SAID) >= 200
    assert len({said for said, _ in SAID}) == len(SAID)
    assert all(phrase.examples for phrase in load_phrases())


EXACT = {
    "why did it fail": "why",
    "is main green?": "status main",
    "who broke main": "status main",
    "Is Feature/Login-2 broken?": "status Feature/Login-2",
    "rerun the failed one": "propose rerun",
    "stop it": "propose cancel",
    "deploy production": "propose 'deploy production'",
    "deploy it to Production!": "propose 'deploy Production'",
    "trigger web main": "propose -- 'trigger web --branch=main'",
    "start a new build on release/1.4": "propose -- 'trigger --branch=release/1.4'",
    "please rerun": "propose rerun",
    "could you please rerun 341": "propose 'rerun 341'",
    "status please": "status",
    "logs please": "logs",
    "please approve": "propose approve",
    "mute for 2 hours please": "propose 'mute 2h'",
    "WHY DID IT FIAL???": "why",
    "“why did it fail?”": "why",
    "*why did it fail*": "why",
    "what’s wrong with main": "why main",
    "tell us when main fails": "propose 'subscribe main'",
    "how do I rerun the pipeline": "help rerun",
}


@each_case(("said", "line"), EXACT.items())
def test_names_stand_in_the_line_as_they_were_said(said: str, line: str) -> None:
    assert _parse(said)[1] == line


NOT_UNDERSTOOD = [
    "delete the project", "drop the database", "rm -rf /", "fire grace", "what is the weather like tomorrow",
    "approve my vacation request", "merge it", "revert the last commit", "deploy", "rerun", "approve", "cancel", "stop",
    "why", "quiet", "rerun 341", "rerun job 341", "cancel job 341", "cancel pipeline 341", "approve staging",
    "approve release", "approve deploy", "rerun gh/acme/web 341 --failed", "deploy gh/acme/web", "deploy 341",
    "run deploy-staging", "is", "who is the boss", "is it raining", "stop the music", "kill all the humans",
    "do not rerun it", "don't stop", "never rerun that again", "should we rerun it or wait for grace",
    "grace said rerun it", "i already stopped it", "why not", "is --all green", "is x=y green", "deploy --branch main",
    "trigger web --branch main", "mute 2h", "mute until tomorrow 3", "use gh/acme/web", "subscribe web", "status main",
    "who approved it", "rerun it " * 20, "why did it fail " + "x" * 200, "is https://x.dev green", "", "?", "!!!",
    "main", "web", "deploy the the", "is the green", "approve the budget", "release the kraken now or never",
    "ship my parcel today",
]  # fmt: skip


@each_case("said", NOT_UNDERSTOOD)
def test_what_is_a_commands_own_line_or_nothing_of_ours_is_no_phrase(said: str) -> None:
    assert read_sentence(said, WORDS) is None


@each_case("command", COMMANDS, ids=lambda command: command.name)
def test_what_a_command_takes_exactly_stays_its_own(command: Command[Any]) -> None:
    names = (command.name, command.title, *command.aliases)
    lines = [command.example, *names]
    lines += [f"{name} {words}" for name in names for words in ("gh/acme/web 341", "341 unit", "gh/acme/web")]
    lines += [f"{command.name} handbook"] if command.usage.startswith(f"{command.name} [project]") else []
    assert [one for one in lines if read_sentence(one, WORDS)] == []


@each_case("command", COMMANDS, ids=lambda command: command.name)
def test_what_follows_a_commands_name_leads_to_no_other_command(command: Command[Any]) -> None:
    for name in (command.name, *command.aliases):
        for words in ("acme/web", "web", "production", "1.0.12"):
            reading = read_sentence(f"{name} {words}", WORDS)
            assert reading is None or Registry(COMMANDS).get(_list_words(reading)[0]) is command


def _list_words(reading: ParsedSentence) -> list[str]:
    """Of the line that is run, or proposed."""
    line = shlex.split(reading.line or "")
    return shlex.split(line[-1]) if reading.acts else line


def test_nothing_is_done_by_a_phrase_that_changes_anything() -> None:
    changing = {name for names in ACT_FAMILIES.values() for name in names} - {"env", "keys", "webhooks", "schedules"}
    read_only = {"use", "quiet"}  # Without words they show what is set.
    for phrase in load_phrases():
        if phrase.means and not phrase.acts:
            name, *words = phrase.means.split()
            assert name not in changing - read_only
            assert not words or name not in read_only
            command = next(one for one in COMMANDS if one.name == name)
            assert command.writes is not True


@each_case("phrase", [one for one in load_phrases() if one.means], ids=lambda phrase: phrase.means)
def test_the_line_of_every_row_is_one_that_its_command_takes(phrase: Phrase) -> None:
    for said in phrase.examples[:1]:
        name, line = _parse(said)
        assert (
            name == ("propose" if phrase.acts else Registry(COMMANDS).get(phrase.means.split()[0]).name) or "--" in line
        )


def test_however_much_is_said_little_is_looked_at() -> None:
    for said in (
        "why " * 5000,
        "is " + "a" * 100_000 + " green",
        "?" * 100_000,
        " ".join(["rerun the failed"] * 999),
    ):
        assert read_sentence(said, WORDS) is None
