"""The recipes of docs/recipes work as they are written: each line is typed in the sandbox, in the order of its page."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
import yaml

from bot.operating.as_code.document import parse_documents
from tests.plugins.every_answer import count_done
from tests.plugins.world import WEB, World

PAGES = sorted((Path(__file__).parents[2] / "docs" / "recipes").glob("*.md"))
STEP = re.compile(r"^ +(?P<line>/circle .+)$|In the demo, push `(?P<branch>[\w-]+)`", re.MULTILINE)
CODE = re.compile(r"(?:^    workspace: .*\n)(?:^    .*\n)+", re.MULTILINE)


def name_page(page: Path) -> str:
    return page.stem


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=name_page)
async def test_no_line_of_a_recipe_is_refused(connected_world: World, page: Path) -> None:
    steps = list(STEP.finditer(read(page)))
    assert len(steps) >= 5
    assert [said for step in steps if (said := await _take(connected_world, step))] == []


async def _take(world: World, step: re.Match[str]) -> str:
    """What went wrong with it."""
    if branch := step["branch"]:
        await world.control("push", project="gh/acme/web", branch=branch)
        await world.control("advance", seconds=30 if branch == "release" else 120)
        return ""
    done, fine = count_done(world), count_done(world, "done")

    async def is_done() -> bool | None:
        return count_done(world) > done or None

    await world.say(step["line"], channel=WEB)
    await world.wait_until(is_done, step["line"], channel=WEB)
    if "--card" in step["line"]:
        await world.card("failed", channel=WEB)
    return "" if count_done(world, "done") > fine else step["line"]


@pytest.mark.parametrize("page", [page for page in PAGES if CODE.search(read(page))], ids=name_page)
def test_the_code_of_a_recipe_can_be_applied(page: Path) -> None:
    for code in CODE.findall(read(page)):
        (document,) = parse_documents(textwrap.dedent(code))
        assert yaml.safe_load(code)["workspace"] == document.workspace
