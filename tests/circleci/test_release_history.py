from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import pytest

from bot.circleci.api_request import ItemList
from bot.circleci.client import CircleCI
from bot.circleci.models import DeployComponent, Pipeline, Project, Release
from bot.circleci.release_history import MOST_SINGLE, PAGES, ReleaseHistory, fetch_pushes, fetch_release_history
from bot.errors import NotFound
from tests.blocks.test_deploy_blocks import PROJECT
from tests.circleci.test_deploy_metrics import release
from tests.plugins.factories import NOW, make_pipeline

SINCE = NOW - timedelta(weeks=8)


class ManyPushes:
    """A branch with a pipeline each hour, without end; any other pipeline ran elsewhere."""

    def __init__(self, *, tag: str = "", hidden: bool = False) -> None:
        self.tag, self.hidden = tag, hidden
        self.single, self.listed = list[str](), 0
        self.branches = list[str | None]()

    async def fetch_pipeline(self, pipeline_id: str) -> Pipeline:
        self.single.append(pipeline_id)
        if self.hidden:
            raise NotFound("gone")
        return make_pipeline(id=pipeline_id, vcs={"branch": "main", "tag": self.tag, "revision": pipeline_id})

    async def list_pipelines(self, _slug: Any, *, branch: str | None, pages: int) -> AsyncIterator[Pipeline]:
        assert pages == PAGES
        self.branches.append(branch)
        for number in range(20_000):
            self.listed += 1
            yield make_pipeline(id=f"main {number}", created_at=NOW - timedelta(hours=number))


async def fetch(circleci: ManyPushes, *ids: str) -> list[str]:
    found = await fetch_pushes(cast(CircleCI, circleci), PROJECT, ids, since=SINCE)
    return [one.id for one in found]


async def test_pushes_are_read_off_the_branch_until_long_before_and_few_of_elsewhere_one_by_one() -> None:
    circleci = ManyPushes()
    known = await fetch(circleci, "main 0", "main 5", *(f"other {number}" for number in range(90)))
    assert circleci.single == ["main 0", *(f"other {number}" for number in range(MOST_SINGLE))]
    assert circleci.listed == 10 * 7 * 24 + 2
    assert {"main 5", "other 39"} <= set(known)


async def test_of_a_tag_all_pipelines_are_looked_through_and_without_any_none() -> None:
    circleci = ManyPushes(tag="v1")
    await fetch(circleci, "first")
    assert circleci.branches == [None]
    assert await fetch(ManyPushes(hidden=True), "first") == []
    nothing = ManyPushes()
    assert (await fetch(nothing), nothing.single, nothing.branches) == ([], [], [])


class FewReleases:
    """Two components, of which CircleCI tells some releases, or nothing."""

    def __init__(self, *releases: Release, told: bool = True) -> None:
        self.releases = ItemList(releases) if told else None
        if self.releases is not None:
            self.releases.is_cut = True

    async def list_deploy_components(self, _project: Project) -> list[DeployComponent]:
        return [DeployComponent(id="a", name="api"), DeployComponent(id="w", name="Web")]

    async def list_deploy_environments(self, _organization_id: str) -> list[Any]:
        return []

    async def list_releases(self, _project: Project, *, pages: int) -> ItemList[Release] | None:
        assert pages == PAGES
        return self.releases


async def read(circleci: FewReleases, **said: str) -> ReleaseHistory:
    return await fetch_release_history(cast(CircleCI, circleci), PROJECT, **said)


@pytest.mark.parametrize(
    ("said", "versions"),
    [
        ({}, ["1", "2", "3"]),
        ({"component": "web"}, ["2", "3"]),
        ({"component": "web", "namespace": "blue"}, ["3"]),
        ({"component": "moon"}, []),
    ],
)
async def test_releases_are_of_the_component_and_namespace_that_are_said(
    said: dict[str, str], versions: list[str]
) -> None:
    of_web = release(2, "2", component_id="w"), release(1, "3", component_id="w", namespace="blue")
    history = await read(FewReleases(release(3, "1", component_id="a"), *of_web, release(0, "x")), **said)
    assert [one.version for one in history.releases or ()] == versions
    assert history.is_cut == bool(versions)


async def test_what_circleci_does_not_tell_is_not_nothing() -> None:
    assert (await read(FewReleases(told=False))).releases is None
