from __future__ import annotations

from bot.blocks import project
from bot.circleci.models import Project
from tests.plugins.blockkit import Check
from tests.plugins.nouns import NASTY, WEB
from tests.plugins.reading import text_of

PLAIN = Project(slug="gh/acme/web", name="web", organization_name="acme")
OPAQUE = Project(slug="circleci/org-id/project-id", name="mobile", organization_name="Acme")


def test_projects_are_listed_with_what_can_be_done_with_each(golden: Check, valid_blocks: Check) -> None:
    blocks = project.listed([PLAIN, OPAQUE], 1, WEB)
    valid_blocks(blocks)
    golden("projects", blocks)


def test_the_channels_own_project_is_marked_and_not_offered_again() -> None:
    shown = text_of(project.listed([PLAIN], 1, WEB))
    assert "this channel's project" in shown
    assert "Use here" not in shown


def test_a_long_list_comes_a_page_at_a_time(valid_blocks: Check) -> None:
    many = [Project(slug=f"circleci/o/{number}", name=f"{number}{NASTY}") for number in range(20)]
    middle = project.listed(many, 2, None)
    valid_blocks(middle)
    assert "Previous page" in text_of(middle)
    assert "Next page" in text_of(middle)
    assert "Next page" not in text_of(project.listed(many, 3, None))
