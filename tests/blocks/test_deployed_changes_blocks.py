"""What is between two environments, whatever runs there; what nobody can tell is said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.blocks import status_blocks
from bot.blocks.deployed_changes_blocks import render_carriers, render_difference
from bot.circleci.client import CircleCI
from bot.circleci.deployed_changes import LOOKS, fetch_changes
from bot.circleci.deployed_places import DeployPlace, ProjectDeploys
from bot.circleci.links import Links
from bot.circleci.models import Pipeline
from tests.blocks.test_deploy_blocks import PROJECT, make_place, make_release, make_version
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NOW, make_id, make_pipeline


def build(number: int, branch: str | None = "main", revision: str | None = None) -> Pipeline:
    where = {"branch": branch, "tag": None if branch else "v1", "origin_repository_url": "https://github.com/acme/web"}
    commit = {"revision": revision or f"{number:040x}", "commit": {"subject": f"Change {number}"}}
    return make_pipeline(number, vcs={**where, "target_repository_url": "https://github.com/acme/web", **commit})


class Listing(SimpleNamespace):
    """CircleCI with pipelines of these numbers on each branch, the newest first; counts how often it is asked."""

    asked = 0

    async def list_pipelines(self, _project: Any, *, branch: str | None, **_how: Any) -> AsyncIterator[Pipeline]:
        self.asked += 1
        for number in range(self.newest, 0, -1):
            yield build(number, branch)


async def compare(left: Pipeline | None, right: Pipeline | None, newest: int = 400) -> tuple[list[Any], int]:
    """What is said of staging, which runs the `right` one, against production with the `left` one."""
    listing = Listing(newest=newest)
    known = [one for one in (left, right) if one]
    changes = await fetch_changes(cast(CircleCI, listing), *known) if len(known) == 2 else None
    places = [_place(name, one) for name, one in (("production", left), ("staging", right))]
    deploys = ProjectDeploys(PROJECT, places, {one.id: one for one in known})
    return list(render_difference(deploys, *places, changes, links=Links()).blocks), listing.asked


def _place(name: str, pipeline: Pipeline | None) -> DeployPlace:
    return make_place(name, [make_version(f"1.{name}", pipeline.number if pipeline else 9, live=True)])


def test_a_version_that_was_brought_back_came_when_it_came_first() -> None:
    """And where it was tried only, that is told."""
    tries = [
        make_release("1", "success", 341, id=make_id(at), is_rollback=at == 1, ended_at=NOW - timedelta(hours=at))
        for at in (1, 50)
    ]
    live, failed = make_version("1", 341, live=True, hours=1), make_release("1", "FAILED", 341)
    production, staging = make_place("production", [live], tries), make_place("staging", [], [failed])
    deploys, pipeline = ProjectDeploys(PROJECT, [production, staging], {}), make_pipeline(341)
    carriers, attempts = [(production, live, pipeline)], [(staging, failed, pipeline)]
    shown = get_text(render_carriers(deploys, "1", carriers, attempts, links=Links()).blocks)
    first, back = (status_blocks.format_ago(NOW - timedelta(hours=at)) for at in (50, 1))
    assert f"it came with `1` {first}, which was brought back {back} and runs there now" in shown
    assert "*staging*: it was tried, and does not run there." in shown
    assert "`1` failed" in shown
    assert "Not in" not in shown


CASES = [
    (build(390), build(392), "2 pushes are in *staging* and not in *production*, by ada:"),
    (build(392), build(390), "2 pushes are in *production* and not in *staging*, by ada:"),
    (build(390), build(391, "hotfix"), "They are of different branches. 1 push went to `hotfix` since, by ada:"),
    (build(390), build(391, None), "They are of different branches: the page of changes shows what is between them."),
    (build(390), make_pipeline(391, vcs={"tag": "v1"}), "I know no page that shows what is between them."),
    (build(100), build(400), f"At least {LOOKS} pushes are in *staging* and not in *production*, by ada:"),
    (build(100), build(110), "What is between them is further back than the pipelines that I looked at."),
    (build(390), None, "CircleCI shows no pipeline that made `1.staging`: I cannot say what is between them."),
    (None, None, "CircleCI shows no pipeline that made `1.production` and `1.staging`"),
    (build(390), build(390), "Both run the same commit."),
    (build(390), build(395, "hotfix", f"{390:040x}"), "Both run the same commit."),
]


@pytest.mark.parametrize(("left", "right", "said"), CASES)
async def test_each_edge_says_what_it_can(
    left: Pipeline | None, right: Pipeline | None, said: str, valid_blocks: Check
) -> None:
    drawn, asked = await compare(left, right)
    valid_blocks(drawn)
    shown = get_text(drawn)
    assert said in shown
    assert asked == ("push" in said or "further back" in said), "what needs no request makes none"
    assert ("Open the Changes" in shown) is (
        "no page" not in said and "same commit" not in said and bool(left and right)
    )


async def test_where_nothing_runs_that_is_said() -> None:
    empty, place = make_place("moon", []), _place("staging", build(390))
    deploys = ProjectDeploys(PROJECT, [empty, place], {build(390).id: build(390)})
    shown = get_text(list(render_difference(deploys, empty, place, None, links=Links()).blocks))
    assert "*moon*: nothing runs there yet" in shown
    assert "CircleCI shows no pipeline" not in shown


async def test_a_commit_is_told_by_the_pipeline_that_came_first() -> None:
    """Who deploys it later starts another one of the same commit, and has pushed nothing."""
    same = {number: build(number, revision="f" * 40) for number in (2, 3)}

    async def list_pipelines(*_asked: Any, **_how: Any) -> AsyncIterator[Pipeline]:
        for one in (same[3], same[2], build(1)):
            yield one

    changes = await fetch_changes(cast(CircleCI, SimpleNamespace(list_pipelines=list_pipelines)), build(1), same[3])
    assert [one.number for one in changes.pipelines] == [2]
