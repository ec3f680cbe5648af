"""Components behind the pages of a long list are named too, a few at a time."""

from __future__ import annotations

from typing import cast

from bot.circleci.api_request import ItemList
from bot.circleci.client import CircleCI
from bot.circleci.models import DeployComponent, DeployEnvironment, Project
from bot.errors import NotFound
from bot.notify.poll.deploy_names import fetch_names
from tests.plugins.factories import NOW

PROJECT = Project(slug="gh/acme/web", name="web", id="p", organization_id="o")


class ManyComponents:
    """Of which two hundred are listed, and one is hidden."""

    def __init__(self, *, is_cut: bool) -> None:
        self.listed = ItemList(DeployComponent(id=f"c{each}", name=f"service-{each}") for each in range(200))
        self.listed.is_cut = is_cut
        self.asked = list[str]()

    async def list_deploy_components(self, _project: Project, *, pages: int) -> ItemList[DeployComponent]:
        assert pages == 4
        return self.listed

    async def list_deploy_environments(self, _organization_id: str) -> list[DeployEnvironment]:
        return [DeployEnvironment(id="e", name="production")]

    async def fetch_component_name(self, component_id: str) -> str:
        self.asked.append(component_id)
        if component_id == "c999":
            raise NotFound("", status=404)
        return f"service-{component_id[1:]}"


async def test_what_a_long_list_leaves_out_is_asked_for_by_its_id() -> None:
    api = ManyComponents(is_cut=True)
    told = await fetch_names(cast(CircleCI, api), project=PROJECT, ids={"c1", "c450", "c999", "e"}, now=NOW)
    assert told.by_id == {"c1": "service-1", "c450": "service-450", "c999": "c999", "e": "production"}
    assert api.asked == ["c450", "c999"]
    await fetch_names(cast(CircleCI, api), project=PROJECT, ids={f"c{each}" for each in range(300, 400)}, now=NOW)
    assert len(api.asked) == 14


async def test_a_list_that_is_whole_is_all_that_is_asked_for() -> None:
    api = ManyComponents(is_cut=False)
    await fetch_names(cast(CircleCI, api), project=PROJECT, ids={"c1", "c450"}, now=NOW)
    assert api.asked == []
