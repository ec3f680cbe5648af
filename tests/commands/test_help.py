from __future__ import annotations

import re
from typing import Any

import pytest

from bot.blocks.help_blocks import OPTIONS, get_typed_usage, render_command
from bot.command import Command, Group, Request, RequestSource
from bot.commands import COMMANDS
from bot.dispatch.parsed_call import parse_request
from bot.dispatch.registry import Registry
from bot.errors import UsageError
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.each_case import each_case
from tests.plugins.world import World

_OPTION = re.compile(r"--[a-z-]+(?: [A-Z]+)?|key=value")


async def test_help_shows_the_fifteen_that_people_need_by_what_they_want_to_do_and_more_at_a_press(
    world: World,
) -> None:
    await world.say("/circle help")
    reply = await world.reply("What I can do")
    shown = get_text(reply)
    first = [command for command in COMMANDS if command.task]
    assert len(first) == 15
    assert all(f"{command.task}: `/circle {command.title}`" in shown for command in first)
    assert "webhooks" not in shown
    await world.press(reply, "Show More")
    everything = get_text(await world.message("`webhooks`"))
    for command in COMMANDS:
        assert (f"`{command.title}`" in everything) is (command.listed and not command.is_option)


@pytest.mark.parametrize("group", Group, ids=lambda group: group.word)
async def test_all_commands_are_told_group_by_group(socket_world: World, group: Group) -> None:
    await socket_world.say(f"/circle help --group {group.word}")
    reply = await socket_world.reply(f"*{group.value}*")
    shown = get_text(reply)
    for command in COMMANDS:
        told = command.group is group and command.listed and not command.is_option
        assert (f"`/circle {command.title}` — {command.summary}" in shown) is told
    await socket_world.press(reply, "Show All Commands")
    await socket_world.press(await socket_world.message("`webhooks`"), "Show")
    await socket_world.message("`/circle connect` — ")


async def test_a_group_that_is_none_is_refused_with_those_that_are(socket_world: World) -> None:
    await socket_world.say("/circle help --group secrets")
    assert "`projects`" in get_text(await socket_world.reply("There is no group `secrets` of commands."))


async def test_what_nobody_has_to_type_is_in_no_list_and_has_its_help(socket_world: World) -> None:
    assert {command.name for command in COMMANDS if not command.listed} == {"now", "propose"}
    await socket_world.say("/circle help propose")
    await socket_world.reply("*propose* — ")


async def test_who_is_connected_is_not_asked_to_connect(connected_world: World) -> None:
    await connected_world.say("/circle help")
    assert "/circle connect" not in get_text(await connected_world.reply("What I can do"))


async def test_a_greeting_is_answered_by_one_with_three_buttons(socket_world: World) -> None:
    await socket_world.say("/circle hi")
    reply = await socket_world.reply("Hello <@U0ADA>, I bring CircleCI to Slack")
    buttons = [one for block in reply["blocks"] for one in block.get("elements", ()) if one["type"] == "button"]
    assert len(buttons) == 3
    assert "I read that as" not in get_text(reply)


async def test_settings_opens_the_form_of_all_settings(connected_world: World) -> None:
    await connected_world.say("/circle settings")
    await connected_world.form("What I did in your name")


OLD_WORDS = {
    "user": "me --user",
    "workflow": "jobs --overview",
    "config": "pipeline --config",
    "values": "pipeline --values",
    "unremind": "mute --reminders",
    "orgs": "projects --orgs",
    "contexts": "env --contexts",
    "keys": "project --keys",
    "takeover": "subscribe --takeover",
}


def test_an_old_word_is_an_option_of_another_command_today() -> None:
    assert {command.name: command.title for command in COMMANDS if command.is_option} == OLD_WORDS


@pytest.mark.parametrize(("old", "new"), [*OLD_WORDS.items(), ("whoami", "me")])
async def test_help_of_an_old_word_tells_the_new_one(socket_world: World, old: str, new: str) -> None:
    await socket_world.say(f"/circle help {old}")
    shown = get_text(await socket_world.reply(f"*{new}* — "))
    assert f"`/circle {new}" in shown
    assert f"`{old}`" in shown


@each_case("command", [one for one in COMMANDS if one.is_option], ids=lambda command: command.name)
def test_help_of_a_command_tells_everything_that_its_options_can_do(command: Command[Any]) -> None:
    parent = next(one for one in COMMANDS if one.name == command.word)
    assert command.summary in get_text({"blocks": render_command(parent, COMMANDS)})


@each_case("wish", [RequestSource.TYPED, RequestSource.BUTTON])
@each_case(("old", "new"), OLD_WORDS.items())
def test_the_old_word_and_the_new_one_are_the_same_command(old: str, new: str, wish: RequestSource) -> None:
    registry, written = Registry(COMMANDS), wish is RequestSource.BUTTON
    calls = [
        parse_request(Request("T1", "U1", f"{words} gh/acme/web 12", wish, "k", written=written), registry)
        for words in (old, new)
    ]
    assert calls[0].command is calls[1].command
    assert calls[0].line.words == calls[1].line.words == ("gh/acme/web", "12")
    assert calls[0].written == calls[1].written == f"{new.split(maxsplit=1)[0]} gh/acme/web 12 {new.split()[1]}"


def test_an_option_in_quotes_or_after_the_end_of_options_is_a_word() -> None:
    for typed in ('pipeline "--config"', "pipeline -- --config"):
        call = parse_request(Request("T1", "U1", typed, RequestSource.TYPED, "k"), Registry(COMMANDS))
        assert (call.command.name, call.line.words) == ("pipeline", ("--config",))


@pytest.mark.parametrize("typed", ["subscribe --takeover=3", 'subscribe --takeover="3"', "takeover --takeover=3"])
def test_what_is_said_with_an_equals_sign_is_a_word_after_the_flag(typed: str) -> None:
    call = parse_request(Request("T1", "U1", typed, RequestSource.TYPED, "k"), Registry(COMMANDS))
    assert (call.command.name, call.line.words, call.written) == ("takeover", ("3",), "subscribe 3 --takeover")


@each_case(
    ("typed", "says"),
    [
        ("pipeline --confg", "There is no option `--confg` here. Did you mean `--config`?"),
        ("project --key", "There is no option `--key` here. Did you mean `--keys`?"),
        ("pipeline --compiled", "`--compiled` goes with `pipeline --config`, not with `pipeline`."),
        ("workflow --status failed", "`--status` goes with `jobs`, not with `jobs --overview`."),
        ("pipeline --config --values", "`--values` goes with `pipeline --values`, not with `pipeline --config`."),
        ("subscribe --takeover 3 --only failed", "`--only` goes with `subscribe`, not with `subscribe --takeover`."),
    ],
)
def test_an_option_of_a_sibling_is_known_and_said_to_belong_there(typed: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_request(Request("T1", "U1", typed, RequestSource.TYPED, "k"), Registry(COMMANDS))
    assert refused.value.message == says


@pytest.mark.parametrize("typed", ["pipeline --config", '"pipeline --config"', "config", "config please"])
async def test_help_takes_what_it_shows(socket_world: World, typed: str) -> None:
    await socket_world.say(f"/circle help {typed}")
    await socket_world.reply("*pipeline --config* — ")


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
    assert "rerun acme/web 341 build-test --failed" in shown
    assert "--sure" not in shown


async def test_help_of_a_misspelt_command_offers_the_nearest(socket_world: World) -> None:
    await socket_world.say("/circle help tigger")
    reply = await socket_world.reply("I know no command")
    await socket_world.press(reply, "Show Help for trigger")
    await socket_world.message("Starts a pipeline")


@each_case("command", COMMANDS, ids=lambda command: command.name)
def test_every_option_of_every_usage_is_explained(command: Command[Any]) -> None:
    for option in _OPTION.findall(get_typed_usage(command)):
        assert OPTIONS[option]


def test_what_explains_several_options_is_said_once() -> None:
    [subscribe] = [one for one in COMMANDS if one.name == "subscribe"]
    shown = get_text({"blocks": render_command(subscribe, COMMANDS)})
    assert "`--branch GLOB`, `--tag GLOB`, `--workflow GLOB`, `--actor GLOB` — only branches" in shown
    assert "`/circle subscribe [project] [--…]`" in shown
    assert len(shown) < 2500


@each_case("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_explains_itself_in_blocks_that_slack_takes(command: Command[Any], valid_blocks: Check) -> None:
    valid_blocks(render_command(command))


@each_case("command", COMMANDS, ids=lambda command: command.name)
def test_every_example_can_be_typed_as_it_stands(command: Command[Any]) -> None:
    assert command.example.startswith(command.title)
    parse_args(command, command.example.removeprefix(command.title))


def test_the_table_goes_group_by_group() -> None:
    groups = [command.group for command in COMMANDS]
    assert groups == sorted(groups, key=list(Group).index)


def test_no_two_commands_answer_to_the_same_word() -> None:
    words = [word for command in COMMANDS for word in (command.name, *command.aliases)]
    assert len(words) == len(set(words))
