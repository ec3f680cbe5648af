"""What is called how in a modal that it has not opened itself."""

from __future__ import annotations

from typing import Any

from bot.command import Command
from bot.commands import COMMANDS
from bot.dispatch.first_modal import build_reading_modal
from tests.plugins.each_case import each_case


@each_case(("name", "title"), [("why", "Why"), ("jobs", "Jobs"), ("workflow", "Jobs"), ("compare", "/circle compare")])
def test_the_modal_is_called_like_what_people_asked_for(name: str, title: str) -> None:
    command = next(one for one in COMMANDS if one.name == name)
    assert build_reading_modal(command).title == title


@each_case("command", COMMANDS, ids=lambda command: command.name)
def test_every_title_fits(command: Command[Any]) -> None:
    assert len(build_reading_modal(command).title) <= 24
