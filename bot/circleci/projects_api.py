from __future__ import annotations

import asyncio
from collections.abc import Iterable

from bot.circleci.api_request import name_missing_project
from bot.circleci.models import Page, PipelineDefinition, Project
from bot.circleci.people_api import UsersApi
from bot.circleci.pipelines_api import PipelinesApi
from bot.domain import ProjectSlug
from bot.errors import NotFound, UsageError, fetch_if_visible

ORGS = 20
PAGES = 3


class ProjectsApi(UsersApi, PipelinesApi):
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
        """Projects that the person follows and that built lately, the latest first within an organisation.

        CircleCI has no public list of projects: they are read off the newest pipelines of each organisation
        (three pages of twenty organisations at most). `circleci/…` projects are asked for their names.
        """
        orgs = [org.slug for org in await self.list_collaborations() if org.slug]
        slugs = await asyncio.gather(*(self._list_recent_projects_or_none(org) for org in orgs[:ORGS]))
        distinct = dict.fromkeys(slug for of_one_org in slugs for slug in of_one_org)
        return list(await asyncio.gather(*(self._fetch_with_name(slug) for slug in distinct)))

    async def list_recent_projects(self, org_slug: str) -> list[ProjectSlug]:
        """The organisation's projects that the person follows and that built lately, each once, the latest first.

        Raises NotFound or Rejected when the organisation is hidden from them.
        """
        seen = {pipeline.project_slug: None async for pipeline in self.list_org_pipelines(org_slug, pages=PAGES)}
        return _parse_known_slugs(seen)

    async def _list_recent_projects_or_none(self, org_slug: str) -> list[ProjectSlug]:
        """An organisation that is hidden from the person has none."""
        return await fetch_if_visible(self.list_recent_projects(org_slug)) or []

    async def _fetch_with_name(self, slug: ProjectSlug) -> Project:
        plain = Project(slug=str(slug), name=slug.project, organization_name=slug.org, organization_slug=slug.org_slug)
        if slug.vcs != "circleci":
            return plain
        return await fetch_if_visible(self.fetch_project(slug)) or plain


def _parse_known_slugs(slugs: Iterable[str]) -> list[ProjectSlug]:
    """Slugs of the forms that we know; CircleCI may grow others."""
    known = []
    for slug in slugs:
        try:
            known.append(ProjectSlug.parse(slug))
        except UsageError:
            continue
    return known
