"""Every command has its picture in docs/commands, and what it shows there is an answer."""

from __future__ import annotations

from playwright.async_api import Locator

from bot.commands import COMMANDS
from tests.journeys.command_pictures import LINES, visit_commands


def test_there_is_a_line_for_each_command() -> None:
    assert sorted(LINES) == sorted(command.name for command in COMMANDS)


async def test_each_line_is_answered_and_none_is_refused() -> None:
    refused, seen = list[str](), list[str]()

    async def look(shown: Locator, name: str) -> None:
        seen.append(name)
        if await shown.locator("[data-emoji=warning]").count():
            refused.append(f"{name}: {await shown.inner_text()}")

    assert await visit_commands(look) == []
    assert seen == list(LINES)
    assert not refused, "\n".join(refused)
