from __future__ import annotations

import asyncio
from collections.abc import Iterable

from bot.circleci.api_request import naming
from bot.circleci.models import Definition, Page, Project
from bot.circleci.people_api import People
from bot.circleci.pipelines_api import Pipelines
from bot.domain import ProjectSlug
from bot.errors import NotFound, Rejected, UsageError
from bot.mrkdwn import code

ORGS = 20
PAGES = 3


class Projects(People, Pipelines):
    async def project(self, slug: ProjectSlug) -> Project:
        """Raises NotFound with the project's name: of all that can be missing it is what people mistype."""
        with naming(code(str(slug))):
            return await self.get(Project, "project", slug)

    async def definitions(self, project_uuid: str) -> list[Definition] | None:
        """The definitions of a project that was found (`project_uuid` is Project.id); None on a Server, without any."""
        try:
            page = await self.get(Page[Definition], "projects", project_uuid, "pipeline-definitions")
        except NotFound:
            return None
        return list(page.items)

    async def visible_projects(self) -> list[Project]:
        """Projects that the person follows and that built lately, the latest first within an organisation.

        CircleCI has no public list of projects: they are read off the newest pipelines of each organisation
        (three pages of twenty organisations at most). `circleci/…` projects are asked for their names.
        """
        orgs = [org.slug for org in await self.collaborations() if org.slug]
        slugs = await asyncio.gather(*(self._built_lately_or_hidden(org) for org in orgs[:ORGS]))
        distinct = dict.fromkeys(slug for of_one_org in slugs for slug in of_one_org)
        return list(await asyncio.gather(*(self._named(slug) for slug in distinct)))

    async def built_lately(self, org_slug: str) -> list[ProjectSlug]:
        """The organisation's projects that the person follows and that built lately, each once, the latest first.

        Raises NotFound or Rejected when the organisation is hidden from them.
        """
        seen = {pipeline.project_slug: None async for pipeline in self.org_pipelines(org_slug, pages=PAGES)}
        return _known(seen)

    async def _built_lately_or_hidden(self, org_slug: str) -> list[ProjectSlug]:
        """An organisation that is hidden from the person has none."""
        try:
            return await self.built_lately(org_slug)
        except (NotFound, Rejected):
            return []

    async def _named(self, slug: ProjectSlug) -> Project:
        plain = Project(slug=str(slug), name=slug.project, organization_name=slug.org, organization_slug=slug.org_slug)
        if slug.vcs != "circleci":
            return plain
        try:
            return await self.project(slug)
        except (NotFound, Rejected):
            return plain


def _known(slugs: Iterable[str]) -> list[ProjectSlug]:
    """Slugs of the forms that we know; CircleCI may grow others."""
    known = []
    for slug in slugs:
        try:
            known.append(ProjectSlug.parse(slug))
        except UsageError:
            continue
    return known
