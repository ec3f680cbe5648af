from __future__ import annotations

import pytest

from bot.blocks import branch_blocks
from bot.circleci.branch_history import BranchHistory
from bot.circleci.links import Links
from bot.circleci.models import Project
from bot.circleci.snapshot import Snapshot
from bot.naming import PeopleDirectory, naming
from tests.plugins.block_kit import Check
from tests.plugins.factories import NASTY, make_pipeline, make_snapshot, make_workflow

PROJECT = Project.model_validate({"slug": "gh/acme/web", "name": "web", "organization_name": "acme", "id": "p"})


def _at(number: int, status: str, **more: object) -> Snapshot:
    return make_snapshot((make_workflow(number, "build", status), None), pipeline=make_pipeline(number, **more))


CASES = {
    "green": BranchHistory(_at(4, "success"), (), _at(4, "success")),
    "red": BranchHistory(_at(4, "running"), (_at(3, "failed"), _at(2, "failed")), _at(1, "success")),
    "never_green": BranchHistory(_at(4, "failed"), (_at(4, "failed"),)),
    "undecided": BranchHistory(_at(4, "running")),
    "nasty": BranchHistory(_at(4, "success"), (), _at(4, "success", vcs={"commit": {"subject": NASTY}})),
}


@pytest.mark.parametrize("case", CASES)
def test_a_branch_in_a_sentence(case: str, golden: Check, valid_blocks: Check) -> None:
    with naming(PeopleDirectory(by_login={"ada": "U0ADA"})):
        message = branch_blocks.render(CASES[case], PROJECT, "main", links=Links())
    valid_blocks(message.blocks)
    golden(f"branch_{case}", list(message.blocks))
