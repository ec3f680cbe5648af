from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial

from bot.circleci.api_request import name_missing_project
from bot.circleci.models import Collaboration, Page, PipelineDefinition, Project
from bot.circleci.models.v3_models import ProjectEntity
from bot.circleci.people_api import UsersApi
from bot.circleci.pipelines_api import PipelinesApi
from bot.circleci.v3_api import V3Api
from bot.domain import ProjectSlug
from bot.errors import NotFound, UsageError, fetch_if_visible

ORGS = 20
PAGES = 3
PAGES_BY_V3 = 10


class ProjectsApi(UsersApi, PipelinesApi, V3Api):
    async def fetch_project(self, slug: ProjectSlug) -> Project:
        """Raises NotFound with the project's name: of all that can be missing it is what people mistype."""
        with name_missing_project(slug):
            return await self.fetch(Project, "project", slug)

    async def list_definitions(self, project_uuid: str) -> list[PipelineDefinition] | None:
        """The definitions of a project that was found (`project_uuid` is Project.id); None on a Server, without any."""
        try:
            page = await self.fetch(Page[PipelineDefinition], "projects", project_uuid, "pipeline-definitions")
        except NotFound:
            return None
        return list(page.items)

    async def list_visible_projects(self) -> list[Project]:
        """The projects of a person's organisations, twenty at most, each once.

        API v3 lists them all, whether they are followed or not. v2 has no list: there those are read off the newest
        pipelines that the person follows and that built lately, the latest first.
        """
        orgs = [org for org in await self.list_collaborations() if org.slug]
        listed = await asyncio.gather(*(self._list_org_projects(org) for org in orgs[:ORGS]))
        return list({project.slug: project for of_one_org in listed for project in of_one_org}.values())

    async def _list_org_projects(self, org: Collaboration) -> Sequence[Project]:
        """v3 does not tell how the slugs of CircleCI's own organisations are spelt: `circleci/…` is left to v2."""
        if org.id and not org.slug.startswith("circleci/"):
            by_v3 = await self.ask_v3("projects", partial(self.list_all_projects, org))
            if by_v3 is not None:
                return by_v3
        slugs = await self._list_recent_projects_or_none(org.slug)
        return await asyncio.gather(*(self._fetch_with_name(slug) for slug in slugs))

    async def list_all_projects(self, org: Collaboration) -> list[Project] | None:
        """By name. None where there are more than are listed here: those that built lately say more then."""
        listed = await self.list_v3(
            ProjectEntity, "projects", query={"filter[org_id]": org.id or ""}, pages=PAGES_BY_V3
        )
        ids = {entity.attributes.name: entity.id for entity in listed}
        known = _parse_known_slugs(f"{org.slug}/{name}" for name in sorted(ids, key=str.casefold))
        found = [_build_plain_project(slug).model_copy(update={"id": ids.get(slug.project, "")}) for slug in known]
        return None if listed.is_cut else found

    async def list_recent_projects(self, org_slug: str) -> list[ProjectSlug]:
        """The organisation's projects that the person follows and that built lately, each once, the latest first.

        Raises NotFound or Rejected when the organisation is hidden from them.
        """
        seen = {pipeline.project_slug: None async for pipeline in self.list_org_pipelines(org_slug, pages=PAGES)}
        return _parse_known_slugs(seen)

    async def _list_recent_projects_or_none(self, org_slug: str) -> list[ProjectSlug]:
        """An organisation that is hidden from the person has none."""
        return await fetch_if_visible(self.list_recent_projects, org_slug) or []

    async def _fetch_with_name(self, slug: ProjectSlug) -> Project:
        plain = _build_plain_project(slug)
        if slug.vcs != "circleci":
            return plain
        return await fetch_if_visible(self.fetch_project, slug) or plain


def _build_plain_project(slug: ProjectSlug) -> Project:
    """What its slug alone tells of a project."""
    return Project(slug=str(slug), name=slug.project, organization_name=slug.org, organization_slug=slug.org_slug)


def _parse_known_slugs(slugs: Iterable[str]) -> list[ProjectSlug]:
    """Slugs of the forms that we know; CircleCI may grow others."""
    known = []
    for slug in slugs:
        try:
            known.append(ProjectSlug.parse(slug))
        except UsageError:
            continue
    return known
