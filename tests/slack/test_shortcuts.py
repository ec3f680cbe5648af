from __future__ import annotations

import pytest

from bot.commands import COMMANDS
from bot.dispatch.registry import Registry
from bot.dispatch.words import split_written
from bot.slack.shortcuts import SHORTCUTS, ManifestShortcut, build_shortcuts, get_line
from tests.plugins.each_case import each_case
from tests.plugins.world import World


def test_slack_takes_as_many_and_as_long() -> None:
    assert len(SHORTCUTS) <= 10
    assert len({one.id for one in SHORTCUTS}) == len({one.name for one in SHORTCUTS}) == len(SHORTCUTS)
    for one in build_shortcuts():
        assert len(one["name"]) <= 24, one["name"]
        assert len(one["description"]) <= 150, one["description"]


@each_case("shortcut", SHORTCUTS, ids=lambda one: one.id)
def test_every_shortcut_says_a_command_that_is_understood(shortcut: ManifestShortcut) -> None:
    registry = Registry(COMMANDS)
    word, *rest = split_written(get_line(shortcut.id))
    registry.get_grammar(registry.get(word)).parse_written(rest)


@pytest.mark.parametrize("older", ["trigger", "status", "why"])
def test_the_shortcuts_of_an_older_manifest_still_act(older: str) -> None:
    assert get_line(older) == older


def test_an_unknown_one_is_one_word_whatever_it_holds() -> None:
    assert split_written(get_line("dance --now $(x)")) == ["dance --now $(x)"]


async def test_a_mention_and_the_shortcut_of_its_message_are_understood(each_connected_world: World) -> None:
    await each_connected_world.say("<@U0CIRCLEBOT> trigger gh/acme/web --branch slow")
    await each_connected_world.choose_shortcut(await each_connected_world.card("running"), "Trigger again…")
    await each_connected_world.close(await each_connected_world.form("Branch"))
    assert await each_connected_world.list_modals() == []
