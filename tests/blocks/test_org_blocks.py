from __future__ import annotations

from bot.blocks import org_blocks
from bot.circleci.models import Collaboration
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, WEB

OWN = Collaboration(name="ada", slug="gh/ada", vcs_type="github")
ACME = Collaboration(id="1", name="acme", slug="gh/acme", vcs_type="github")
APP = Collaboration(id="2", name="Acme", slug="circleci/org-id", vcs_type="circleci")


def test_organisations_are_listed_with_what_can_be_asked_of_each(golden: Check, valid_blocks: Check) -> None:
    blocks = org_blocks.render_list([OWN, ACME, APP], 1, WEB, words={"contexts"})
    valid_blocks(blocks)
    golden("organisations", blocks)


def test_a_button_for_what_nobody_answers_is_not_there() -> None:
    assert "Contexts" not in get_text(org_blocks.render_list([ACME], 1, None, words={"recent"}))


def test_a_long_list_of_the_worst_comes_a_page_at_a_time(valid_blocks: Check) -> None:
    many = [Collaboration(id=str(n), name=f"{n}{NASTY}", slug=f"circleci/{n}{NASTY}") for n in range(25)]
    middle = org_blocks.render_list(many, 2, None, words={"contexts"})
    valid_blocks(middle)
    assert "Previous Page" in get_text(middle)
    assert "Next Page" in get_text(middle)
