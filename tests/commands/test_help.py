from __future__ import annotations

import re
from typing import Any

import pytest

from bot.blocks.help_blocks import OPTIONS, render_command
from bot.command import Command, Group
from bot.commands import COMMANDS
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import World

_OPTION = re.compile(r"--[a-z-]+(?: [A-Z]+)?|key=value")


async def test_help_lists_every_command_with_what_it_does(world: World) -> None:
    await world.say("/circle help")
    shown = get_text(await world.reply("What I can do"))
    for command in COMMANDS:
        assert f"`/circle {command.name}` — {command.summary}" in shown


async def test_an_empty_line_shows_help_with_a_button_to_connect(socket_world: World) -> None:
    await socket_world.say("/circle")
    reply = await socket_world.reply("First steps")
    await socket_world.press(reply, "Connect CircleCI")
    await socket_world.form("Personal API token")


async def test_help_of_one_command_tells_its_options_and_an_example(socket_world: World) -> None:
    await socket_world.say("/circle help rerun")
    shown = get_text(await socket_world.reply("rerun"))
    assert "--failed" in shown
    assert "only the jobs that failed" in shown
    assert "rerun gh/acme/web 341 build-test --failed" in shown


async def test_help_of_a_misspelt_command_offers_the_nearest(socket_world: World) -> None:
    await socket_world.say("/circle help tigger")
    reply = await socket_world.reply("I know no command")
    await socket_world.press(reply, "help trigger")
    await socket_world.message("Starts a pipeline")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_option_of_every_usage_is_explained(command: Command[Any]) -> None:
    for option in _OPTION.findall(command.usage):
        assert OPTIONS[option]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_explains_itself_in_blocks_that_slack_takes(command: Command[Any], valid_blocks: Check) -> None:
    valid_blocks(render_command(command))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_example_can_be_typed_as_it_stands(command: Command[Any]) -> None:
    name, _, rest = command.example.partition(" ")
    assert name == command.name
    parse_args(command, rest)


def test_the_table_goes_group_by_group() -> None:
    groups = [command.group for command in COMMANDS]
    assert groups == sorted(groups, key=list(Group).index)


def test_no_two_commands_answer_to_the_same_word() -> None:
    words = [word for command in COMMANDS for word in (command.name, *command.aliases)]
    assert len(words) == len(set(words))
