"""Deploys, which the cloud alone has: elsewhere, and where CircleCI hides them, there are none."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TypeVar

from bot.circleci.api_request import ItemList, name_missing
from bot.circleci.models import (
    ComponentVersion,
    DeployComponent,
    DeployEnvironment,
    DeploySettings,
    Model,
    NamedComponent,
    Project,
    Release,
    StartedRollback,
)
from bot.circleci.v3_api import V3Api
from bot.errors import CircleCIError, NotFound
from bot.language import _

M = TypeVar("M", bound=Model)

PAGE = "50"
_PAGES = 4
_COMPONENT_PAGES = 20
"""A thousand components: what has more is told as cut."""
_NEWEST = 2
"""Pages of what has a history: nobody looks further back."""


@dataclass(frozen=True, slots=True)
class RollbackOrder:
    """What is to be brought back where. `current` is the precondition: where something else runs by now, nothing is."""

    component: str
    environment: str
    namespace: str
    current: str
    target: str
    reason: str = ""


class DeploysApi(V3Api):
    async def list_deploy_components(
        self, project: Project, *, pages: int = _COMPONENT_PAGES
    ) -> ItemList[DeployComponent]:
        query = {"org-id": project.organization_id, "project-id": project.id, "page-size": PAGE}
        return await self._list_if_there(DeployComponent, "deploy", "components", query=query, pages=pages)

    async def fetch_component_name(self, component_id: str) -> str:
        return (await self.fetch(NamedComponent, "deploy", "components", component_id)).name

    async def fetch_deploying_projects(self, organization_id: str) -> frozenset[str] | None:
        """Ids of the organisation's projects that ever deployed something: the first marker makes a component.

        None where CircleCI does not tell of all of them. Raises CircleCIError.
        """
        query = {"org-id": organization_id, "page-size": PAGE}
        found = await self.list_items(DeployComponent, "deploy", "components", query=query, pages=_PAGES)
        if found.is_cut or found.left_out or not all(one.project_id for one in found):
            return None
        return frozenset(one.project_id for one in found)

    async def list_deploy_environments(self, organization_id: str) -> list[DeployEnvironment]:
        query = {"org-id": organization_id, "page-size": PAGE}
        return await self._list_if_there(DeployEnvironment, "deploy", "environments", query=query)

    async def list_component_versions(
        self, component_id: str, environment_id: str = "", *, pages: int = _PAGES
    ) -> list[ComponentVersion]:
        """Those of all environments or of this one, the newest deployed first."""
        query = {"environment-id": environment_id} if environment_id else None
        return await self._list_if_there(
            ComponentVersion, "deploy", "components", component_id, "versions", query=query, pages=pages
        )

    async def list_newest_versions(self, component_id: str, environment_ids: Sequence[str]) -> list[ComponentVersion]:
        """At least what runs in each of these environments and what ran there before, by as few requests as may be.

        Where the newest of all do not tell it of a few, each of those is asked about alone.
        """
        found: list[ComponentVersion] = []
        left = _PAGES
        with suppress(NotFound):
            async for page in self.iter_pages(
                ComponentVersion, "deploy", "components", component_id, "versions", pages=_PAGES
            ):
                found += page.items
                left -= 1
                rare = _list_rare(found, environment_ids)
                if page.next_page_token and environment_ids and len(rare) <= left:
                    alone = [self.list_component_versions(component_id, one, pages=1) for one in rare]
                    kept = [one for one in found if one.environment_id not in rare]
                    return [*kept, *chain.from_iterable(await asyncio.gather(*alone))]
        return found

    async def list_releases(self, project: Project, *, pages: int = _NEWEST) -> ItemList[Release] | None:
        """What was tried lately, the newest first; None where CircleCI does not tell, or not so that we can read it."""
        try:
            return await self.fetch_releases(project, pages=pages)
        except CircleCIError:
            return None

    async def fetch_releases(self, project: Project, *, pages: int) -> ItemList[Release]:
        """The same. By v3, of which it is published how they look; else by v2. Raises CircleCIError."""
        told = await self.ask_v3("deploys", partial(self._list_deployments, project, pages))
        return told or await self.list_items(Release, "deploy", "projects", project.id, "releases", pages=pages)

    async def _list_deployments(self, project: Project, pages: int) -> ItemList[Release]:
        query = {"filter[org_id]": project.organization_id, "filter[project_id]": project.id}
        return await self.list_v3(Release, "deploy", "deployments", query=query, pages=pages)

    async def fetch_deploy_settings(self, project_uuid: str) -> DeploySettings:
        """Nothing is designated where there are none; any other error is one."""
        try:
            return await self.fetch(DeploySettings, "deploy", "projects", project_uuid, "settings")
        except NotFound:
            return DeploySettings()

    async def request_rollback(self, project_uuid: str, order: RollbackOrder) -> StartedRollback:
        """Raises Rejected where something else runs there by now (400), or a rollback is under way (409)."""
        body = {
            "component_name": order.component,
            "environment_name": order.environment,
            "namespace": order.namespace,
            "current_version": order.current,
            "target_version": order.target,
            **({"reason": order.reason} if order.reason else {}),
        }
        with name_missing(_("CircleCI knows nothing that is deployed there, or hides it from you.")):
            return (await self.send("projects", project_uuid, "rollback", body=body)).parse(StartedRollback)

    async def _list_if_there(
        self, shape: type[M], *path: str, query: dict[str, str] | None = None, pages: int = _PAGES
    ) -> ItemList[M]:
        try:
            return await self.list_items(shape, *path, query=query, pages=pages)
        except NotFound:
            return ItemList()


def _list_rare(versions: Sequence[ComponentVersion], environment_ids: Sequence[str]) -> list[str]:
    """Environments of which not both are among them."""
    ran = Counter(one.environment_id for one in versions)
    return [one for one in environment_ids if ran[one] < 2]
