"""Whatever number a person or a config writes, it has room where it goes, or is refused in a sentence.

Looked for at every place of the command table that takes a word or an option, so that a new command is looked at too.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

from bot.circleci.links import Link
from bot.command import Command, ParsedLine
from bot.commands import COMMANDS
from bot.dispatch.words import parse_usage
from bot.errors import UsageError
from bot.untrusted.numbers import MOST_OF_A_ROW
from tests.plugins.each_case import each_case

LARGE = ("99999999999999999999", "9" * 5000, "2147483648", "-99999999999999999999", "٩" * 30, "9" * 400 + ".5", "1e400")
LONGEST = 40_000
"""Slack takes no longer text."""
SHAPES = ("{}", "#{}", "{}m", "{}d", "{}w" * 700, "{}:{}", "gh/acme/web/{}", "1,{}", "0-{}")


def lines(command: Command[Any]) -> Iterator[ParsedLine]:
    options = [name for name, takes in parse_usage(command.usage).options.items() if takes]
    for number, shape in itertools.product(LARGE, SHAPES):
        text = shape.format(*[number] * shape.count("{}"))
        if len(text) > LONGEST:
            continue
        yield ParsedLine((text,))
        yield ParsedLine(("gh/acme/web", text))
        yield from (ParsedLine(("gh/acme/web",), {name: (text,)}) for name in options)
        yield ParsedLine(("gh/acme/web",), dict.fromkeys(options, (text,)))


def numbers(found: object) -> Iterator[float]:
    """Every number inside of it."""
    if isinstance(found, timedelta):
        yield found.days
    elif isinstance(found, int | float):
        yield found
    elif dataclasses.is_dataclass(found) and not isinstance(found, type):
        for field in dataclasses.fields(found):
            yield from numbers(getattr(found, field.name))
    elif isinstance(found, tuple | list | frozenset):
        for item in found:
            yield from numbers(item)


@each_case("command", COMMANDS, ids=[command.name for command in COMMANDS])
def test_no_command_takes_a_number_that_has_no_room(command: Command[Any]) -> None:
    for line in lines(command):
        with suppress(UsageError):
            assert all(abs(number) <= MOST_OF_A_ROW for number in numbers(command.parse(line))), line


@each_case("number", LARGE)
@each_case("path", ["pipelines/{}/{}", "jobs/{}/{}", "pipelines/{}/3/workflows/12345678/jobs/{}"])
def test_no_link_names_a_number_that_has_no_room(path: str, number: str) -> None:
    link = Link.parse(f"https://app.circleci.com/{path.format('gh/acme/web', number)}")
    assert all((each or 0) <= MOST_OF_A_ROW for each in (link and link.pipeline_number, link and link.job_number))
