"""The pictures of docs/install/slack.md are of what it says."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Locator

from tests.journeys.slack_app_pictures import visit_setup

PAGE = (Path(__file__).parents[2] / "docs" / "install" / "slack.md").read_text(encoding="utf-8")


async def test_each_picture_of_the_page_is_taken_and_shows_how_it_ends() -> None:
    seen: dict[str, str] = {}

    async def look(shown: Locator, name: str) -> None:
        seen[name] = await shown.inner_text()

    await visit_setup(look)
    assert list(seen) == re.findall(r"<!-- picture: slack-app-(\w+) ", PAGE)
    assert seen["create"].endswith("next start it — circlebot run")
    assert "Set Project" in seen["hello"]
    assert "new scope files:write" in re.sub(r" +", " ", seen["update"])
    assert re.findall(r"xox\S*", seen["create"]) == ["xoxe.xoxp-…),", "xoxb-…),"]
