from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import cast

import pytest

from bot.circleci.api_request import ItemList
from bot.circleci.client import CircleCI
from bot.circleci.deployed_places import AT_ONCE, MOST_PIPELINES, MOST_PLACES, fetch_deploys, fetch_pipelines
from bot.circleci.models import ComponentVersion, DeployComponent, DeployEnvironment, Pipeline, Project, Release
from tests.blocks.test_deploy_blocks import PROJECT, make_place, make_release, make_version
from tests.plugins.each_case import each_case
from tests.plugins.factories import NOW, make_id, make_pipeline


def test_where_no_version_is_marked_what_was_deployed_last_runs() -> None:
    place = make_place("production", [make_version("2", 341), make_version("1", 340)])
    assert place.live is place.versions[0]
    assert [one.name for one in place.list_earlier()] == ["1"]


def test_where_nothing_was_deployed_nothing_runs() -> None:
    assert make_place("production", []).live is None


FAILED, BACK = make_release("2", "FAILED"), make_release("1", "Success", is_rollback=True)
NEWER, MOVING = make_release("3", "success"), make_release("4", "Running")


@each_case(
    ("releases", "undone", "under_way"),
    [
        ([FAILED], FAILED, None),
        ([BACK, FAILED], FAILED, None),
        ([NEWER, FAILED], None, None),
        ([MOVING, NEWER, FAILED], None, MOVING),
        ([MOVING, FAILED], FAILED, MOVING),
        ([], None, None),
    ],
)
def test_what_failed_is_told_until_something_newer_succeeds(
    releases: list[Release], undone: Release | None, under_way: Release | None
) -> None:
    place = make_place("production", [make_version("1", 340, live=True)], releases)
    assert (place.undone, place.under_way) == (undone, under_way)


def test_a_rerun_of_what_ran_before_is_a_rollback_here_too() -> None:
    def ran(version: str, minute: int, status: str = "success") -> Release:
        at = NOW + timedelta(minutes=minute)
        return Release(id=f"{minute}", version=version, status=status, pipeline_id=version, created_at=at)

    failed = ran("3", 3, "failed")
    tried = [ran("1", 4), failed, ran("2", 2), ran("1", 1)]
    place = make_place("production", [make_version("1", 340, live=True)], tried)
    assert (place.is_rolled_back, place.undone) == (True, failed)
    first = make_place("production", [make_version("1", 340, live=True)], tried[-1:])
    assert not first.is_rolled_back


@pytest.mark.parametrize(
    ("ran", "earlier", "taken_back"),
    [
        ("1 2 3", "2 1", ""),
        ("1 2 3 2", "1 3", "3"),
        ("1 2 3 2 4 2", "1 4 3", "4 3"),
        ("1 2 1", "2", "2"),
        ("1 2 1 2 3", "2 1", ""),
        ("1 2 3 1", "3 2", "3 2"),
        ("1 2 3 1 2", "1 3", "3"),
        ("1 2 1 3", "1 2", "2"),
    ],
)
def test_what_was_taken_back_is_the_last_that_one_returns_to(ran: str, earlier: str, taken_back: str) -> None:
    tries = [
        Release(id=f"{at}", version=one, status="success", pipeline_id=one, created_at=NOW + timedelta(minutes=at))
        for at, one in enumerate(ran.split())
    ]
    newest_first = list(dict.fromkeys(one.version for one in reversed(tries)))
    versions = [make_version(one, 340, live=one == newest_first[0]) for one in newest_first]
    place = make_place("production", versions, tries[::-1])
    assert " ".join(one.name for one in place.list_earlier()) == earlier
    assert set(place.list_taken_back()) == set(taken_back.split())
    assert (place.before is None) == (set(earlier.split()) == set(taken_back.split()))


def test_what_only_failed_is_not_brought_back() -> None:
    versions = [make_version("3", 342, live=True), make_version("2", 341), make_version("1", 340)]
    place = make_place("production", versions, [NEWER, FAILED, make_release("1", "success")])
    assert [one.name for one in place.list_earlier()] == ["1"]


class ManyEnvironments:
    """A project that deploys each of its components to 80 environments; counts what is asked of it at once."""

    def __init__(self, *environments: str, components: int = 1) -> None:
        self.names = environments or tuple(f"preview-{number}" for number in range(80))
        self.components = ItemList(DeployComponent(id=f"c{number}", name=f"c{number}") for number in range(components))
        self.environments = list[str]()
        self.asked, self.now, self.most = list[str](), 0, 0

    async def list_deploy_components(self, _project: Project) -> ItemList[DeployComponent]:
        return self.components

    async def list_deploy_environments(self, _organization: str) -> list[DeployEnvironment]:
        return [DeployEnvironment(id=name, name=name) for name in self.names]

    async def list_releases(self, _project: Project) -> list[Release]:
        return []

    async def list_component_versions(self, component: str, environment: str = "") -> list[ComponentVersion]:
        self.environments.append(environment)
        ran = {"is_live": True, "name": "1"}
        return [
            ComponentVersion.model_validate({**ran, "environment_id": name, "pipeline_id": f"{component}-{name}"})
            for name in self.names
        ]

    async def list_newest_versions(self, component: str, _environments: object) -> list[ComponentVersion]:
        return await self.list_component_versions(component)

    async def fetch_pipeline(self, pipeline_id: str) -> Pipeline:
        self.asked.append(pipeline_id)
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        return make_pipeline(1).model_copy(update={"id": pipeline_id})


@pytest.mark.parametrize("components", [1, 12])
async def test_a_project_of_many_environments_asks_for_few_pipelines_and_few_at_once(components: int) -> None:
    api = ManyEnvironments(components=components)
    deploys = await fetch_deploys(cast(CircleCI, api), PROJECT)
    assert len(deploys.places) == 80 * components
    assert len(api.asked) == len(deploys.shown) == MOST_PLACES
    assert api.most <= AT_ONCE


async def test_no_question_asks_for_more_pipelines_than_are_bearable() -> None:
    api = ManyEnvironments()
    assert len(await fetch_pipelines(cast(CircleCI, api), map(str, range(1000)))) == MOST_PIPELINES


@pytest.mark.parametrize(
    ("said", "found"), [("prod", ["prod"]), ("Prod", ["Prod"]), ("PROD", ["Prod", "prod"]), ("pro", [])]
)
async def test_a_name_that_is_written_just_so_is_the_one_that_is_meant(said: str, found: list[str]) -> None:
    deploys = await fetch_deploys(cast(CircleCI, ManyEnvironments("Prod", "prod")), PROJECT, environment=said)
    assert [one.environment.name for one in deploys.places] == found


async def test_a_named_environment_is_found_behind_many_others() -> None:
    """CircleCI is asked for its versions alone: of those of all, the first pages may tell of others only."""
    api = ManyEnvironments("production", "preview")
    await fetch_deploys(cast(CircleCI, api), PROJECT, environment="Production")
    assert api.environments == ["production"]


@pytest.mark.parametrize(
    ("pipeline", "workflow", "expected"),
    [(342, "rollback", "made"), (340, "again", "again")],
    ids=["rollback", "rerun"],
)
def test_what_was_brought_back_goes_on_in_the_workflow_that_made_it(
    pipeline: int, workflow: str, expected: str
) -> None:
    live = make_version("1", pipeline, live=True, workflow_id=workflow)
    back = make_release("1", "SUCCESS", pipeline, is_rollback=True, workflow_id=workflow)
    place = make_place("staging", [live], [back, make_release("1", "SUCCESS", 340, workflow_id="made")])
    assert (place.get_pipeline_id(live), place.get_workflow_id(live)) == (make_id(340), expected)


async def test_places_stand_production_first_whatever_was_deployed_to_last() -> None:
    api = ManyEnvironments("dev", "eu-10", "production", "eu-2", "staging", components=2)
    for _again in range(2):
        deploys = await fetch_deploys(cast(CircleCI, api), PROJECT)
        told = [f"{one.environment.name} {one.component.name}" for one in deploys.places]
        wanted = ["production", "staging", "eu-2", "eu-10", "dev"]
        assert told == [f"{environment} {component}" for environment in wanted for component in ("c0", "c1")]
        api.names, api.components = api.names[::-1], ItemList(api.components[::-1])
