"""Every command has its picture in docs/commands, and what it shows there is an answer."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Locator

from bot.commands import COMMANDS
from tests.journeys.command_pictures import LINES, visit_commands

DOCS = Path(__file__).parents[2] / "docs"


def test_there_is_a_line_for_each_command() -> None:
    """`deploys-report` is a further view of `deploys`."""
    assert {name.partition("-")[0] for name in LINES} == {command.name for command in COMMANDS}


def test_every_picture_that_a_page_shows_is_taken() -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in DOCS.rglob("*.md"))
    assert set(re.findall(r"<!-- picture: command-([\w-]+) ", pages)) == set(LINES)


async def test_each_line_is_answered_and_none_is_refused() -> None:
    refused, seen = list[str](), list[str]()

    async def look(shown: Locator, name: str) -> None:
        seen.append(name)
        if await shown.locator("[data-emoji=warning]").count():
            refused.append(f"{name}: {await shown.inner_text()}")

    assert await visit_commands(look) == []
    assert seen == list(LINES)
    assert not refused, "\n".join(refused)
