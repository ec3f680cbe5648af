from __future__ import annotations

from dataclasses import replace

import pytest

from bot.blocks import board_blocks, kit
from bot.circleci.links import Links
from bot.conversation import Place
from bot.domain import Deploy, ProjectSlug
from bot.rules.deploy_board import DeployBoard
from tests.blocks.test_home_blocks import RUNNING
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NOW, WEB

BOARD = DeployBoard(*Place("T", "C"), WEB, "U1", NOW)
LINKS = Links("https://circleci.example")


def test_a_board_of_two_projects(golden: Check, valid_blocks: Check) -> None:
    opaque = ProjectSlug.parse("circleci/1b/2c")
    running = [*RUNNING, replace(RUNNING[0], project=opaque)]
    message = board_blocks.render(running, {opaque: "acme/<handbook>"}, replace(BOARD, project=None), LINKS)
    blocks = list(message.blocks)
    valid_blocks(blocks)
    golden("board", blocks)


def test_a_board_of_a_project_without_deploys_leads_to_a_rule(golden: Check, valid_blocks: Check) -> None:
    blocks = list(board_blocks.render([], {}, BOARD, LINKS).blocks)
    valid_blocks(blocks)
    golden("board_empty", blocks)


def test_a_board_that_ended(golden: Check, valid_blocks: Check) -> None:
    blocks = list(board_blocks.render_ended().blocks)
    valid_blocks(blocks)
    golden("board_ended", blocks)


def test_a_long_board_says_what_it_leaves_out() -> None:
    running = [replace(RUNNING[0], project=ProjectSlug("gh", "acme", f"p{number}")) for number in range(20)]
    assert "5 more" in get_text(list(board_blocks.render(running, {}, BOARD, LINKS).blocks))


@pytest.mark.parametrize("odd", ["x", "<!channel>*", "`&`", "ü"])
def test_a_board_of_a_hundred_places_with_long_names_fits_a_message(odd: str, valid_blocks: Check) -> None:
    name = odd * (300 // len(odd))
    running = [
        replace(RUNNING[1], project=ProjectSlug("gh", name, f"{name}{number}"), deploy=Deploy(name, name + place, name))
        for number in range(20)
        for place in "abcde"
    ]
    blocks = list(board_blocks.render(running, {}, replace(BOARD, project=None), LINKS).blocks)
    valid_blocks(blocks)
    assert kit.count_chars(blocks) < kit.ROOM
    shown = sum(block["type"] == "section" for block in blocks)
    assert 0 < shown < 20
    assert f"{20 - shown} more" in get_text(blocks)
    assert "<!channel>" not in get_text(blocks)


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("missing_scope", "`circlebot slack update`"),
        ("not_in_channel", "/invite"),
        ("too_many_pins", "Unpin one"),
        ("odd <one>", "Slack says `odd &lt;one&gt;`"),
    ],
)
def test_why_a_board_is_not_pinned(reason: str, says: str) -> None:
    assert says in board_blocks.render_refused("C", reason).text
