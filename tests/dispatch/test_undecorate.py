"""However Slack's markdown decorates a command line, it is the same command."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.command import Command, ParsedLine, Request, RequestSource
from bot.commands import COMMANDS
from bot.dispatch.parsed_call import parse_request
from bot.dispatch.registry import Registry
from bot.dispatch.undecorate import strip_sentence_end
from tests.plugins.each_case import each_case

REGISTRY = Registry(COMMANDS)
LINES = (
    "status gh/acme/web",
    "trigger gh/acme/web --branch release/* image-tag=4.8.2 note='a `b` *c*'",
    "subscribe gh/acme/* --only failed,recovered --branch *",
    "artifacts 12 *coverage* --node 3",
    "rerun gh/acme/web 341 --failed",
    "help",
    "approve 12 hold_name_",
)
MARKS = ("```", "`", "*", "_", "~")
BEFORE = ("", "&gt; ", "• ", ": ", ", ", "— ", "/circle ", "@circlebot ", "@circlebot: ", "<@U0BOT|circlebot> /circle ")


def read(text: str) -> tuple[str, object]:
    call = parse_request(Request("T1", "U1", text, RequestSource.TYPED, "k"), REGISTRY)
    return call.command.name, call.line


def wrapped(text: str, marks: list[str]) -> str:
    for mark in marks:
        text = f"{mark}{text}{mark}"
    return text


DECORATIONS = st.lists(st.sampled_from(MARKS), max_size=3, unique_by=lambda mark: mark[0])
"""Code holds no code."""


@given(st.sampled_from(LINES), DECORATIONS, st.sampled_from(BEFORE), st.sampled_from(BEFORE))
def test_all_of_it(line: str, marks: list[str], outside: str, inside: str) -> None:
    ticked = "`" in line and any("`" in mark for mark in marks)
    decorated = f"{outside}{wrapped(f'{inside}{line}', [] if ticked else marks)}"
    assert read(decorated) == read(line)


@given(st.sampled_from(LINES), DECORATIONS, st.sampled_from(BEFORE), st.data())
def test_its_command_and_any_words_of_it(line: str, marks: list[str], before: str, data: st.DataObject) -> None:
    command, *words = line.split(" ")
    drawn = [data.draw(st.sampled_from([word, *_decorated(word)])) for word in words] if "'" not in line else words
    assert read(" ".join([f"{before}{wrapped(command, marks)}", *drawn])) == read(line)


def _decorated(word: str) -> list[str]:
    """Code may be any word; what else is marked is an option or a project."""
    marked = [f"{mark}{word}{mark}" for mark in "*_~"] if word.startswith(("--", "gh/")) else []
    return [f"`{word}`", *marked]


@each_case(
    ("said", "means"),
    [
        ("`status gh/acme/web`", "status gh/acme/web"),
        ("/circle status gh/acme/web", "status gh/acme/web"),
        (": status", "status"),
        ("*status*", "status"),
        ("`/circle trigger gh/acme/web --branch main a=4.8.2`", "trigger gh/acme/web --branch main a=4.8.2"),
        ("```\nstatus gh/acme/web\n```", "status gh/acme/web"),
        ("rerun `gh/acme/web` 12 *--failed*", "rerun gh/acme/web 12 --failed"),
    ],
)
def test_what_people_wrote(said: str, means: str) -> None:
    assert read(said) == read(means)


def test_what_may_be_meant_stays() -> None:
    assert read("artifacts 12 *coverage*")[1] == ParsedLine(("12", "*coverage*"))
    assert read("artifacts 12 _site_")[1] == ParsedLine(("12", "_site_"))
    assert read("trigger gh/a/b note=`x` a=*b* c='*d*'")[1] == ParsedLine(
        ("gh/a/b",), pairs={"note": "`x`", "a": "*b*", "c": "*d*"}
    )


@each_case("command", COMMANDS, ids=lambda command: command.name)
def test_a_line_of_help_that_is_copied_as_it_stands_says_nothing_of_what_is_optional(command: Command[object]) -> None:
    begins, _, _ = command.usage.partition(" [")
    if "<" not in command.usage.removeprefix(begins):
        assert read(f"`/circle {command.usage}`") == read(begins)


@each_case(
    ("word", "bare"),
    [
        ("gh/acme/web.", "gh/acme/web"),
        ("gh/acme/web?!", "gh/acme/web"),
        ("github/acme/web.js", "github/acme/web.js"),
        ("341.", "341"),
        ("#7?", "#7"),
        ("https://app.circleci.com/pipelines/gh/acme/web/341,", "https://app.circleci.com/pipelines/gh/acme/web/341"),
        ("target/**/*.jar?", "target/**/*.jar?"),
        ("feature-?", "feature-?"),
        ("v1.2.", "v1.2."),
        ("deploy?", "deploy?"),
    ],
)
def test_the_end_of_a_sentence_is_no_part_of_a_project_a_link_or_a_number(word: str, bare: str) -> None:
    assert strip_sentence_end(word) == bare
    assert strip_sentence_end("gh/a/b" + "." * 100_000) == "gh/a/b" + "." * 100_000
