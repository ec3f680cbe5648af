"""The moments that people meet most, with the real bot, are for everybody: on a desktop, in the dark, on a phone."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Page

from tests.journeys.gallery import visit
from tests.sandbox.page.page_harness import list_grave, list_hanging_over

CHECKOUT = Path(__file__).parents[2]


async def test_in_every_moment_nothing_hangs_over_and_axe_finds_nothing_serious() -> None:
    found, seen = list[str](), list[str]()

    async def see(page: Page, name: str) -> None:
        seen.append(name)
        found.extend(f"{name}: {each} hangs over" for each in await list_hanging_over(page))
        found.extend(await list_grave(page, name))

    assert await visit(see) == []
    assert len(seen) >= 60
    assert not found, "\n".join(found)
    assert {f"{name}-desktop" for name in list_pictures_of_pages()} <= set(seen)


def list_pictures_of_pages() -> set[str]:
    """Those that the site shows; the pictures of commands and of the terminal have their own tests."""
    pages = (CHECKOUT / "docs").rglob("*.md")
    named = {
        name for page in pages for name in re.findall(r"<!-- picture: ([\w-]+) ", page.read_text(encoding="utf-8"))
    }
    return {name for name in named if not name.startswith(("command-", "slack-app-"))}
