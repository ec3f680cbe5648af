from __future__ import annotations

from dataclasses import replace

import pytest

from bot.blocks.running_deploy_blocks import list_lines
from bot.circleci.links import Links
from bot.domain import Deploy
from tests.blocks.test_home_blocks import RUNNING


@pytest.mark.parametrize(("is_rollback", "said"), [(False, "· <"), (True, "· by <")])
def test_the_pipeline_that_rolled_back_is_not_taken_for_the_one_that_made_it(is_rollback: bool, said: str) -> None:
    deploy = Deploy("web", "production", "1.0.14", is_rollback=is_rollback)
    line, _leftover = list_lines([replace(RUNNING[0], deploy=deploy)], Links())
    assert said in line


@pytest.mark.parametrize(("is_rollback", "said"), [(False, "> by ada"), (True, "> (ada)")])
def test_it_says_who_brought_it_there(is_rollback: bool, said: str) -> None:
    deploy = Deploy("web", "production", "1.0.14", is_rollback=is_rollback)
    line, _leftover = list_lines([replace(RUNNING[0], deploy=deploy, actor="ada")], Links())
    assert line.endswith(said)
