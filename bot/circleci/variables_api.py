from __future__ import annotations

from bot.circleci.api_request import ALL, BaseApi, name_missing, name_missing_project
from bot.circleci.models import Variable
from bot.domain import ProjectSlug
from bot.language import _
from bot.mrkdwn import as_code


class VariablesApi(BaseApi):
    async def list_variables(self, slug: ProjectSlug) -> list[Variable]:
        """The project's environment variables, masked."""
        with name_missing_project(slug):
            return await self.list_items(Variable, "project", slug, "envvar", pages=ALL)

    async def fetch_variable(self, slug: ProjectSlug, name: str) -> Variable:
        missing = _(
            "CircleCI does not know the variable {variable} of {project}, or hides it from you.",
            variable=as_code(name, 100),
            project=as_code(slug.name),
        )
        with name_missing(missing):
            return await self.fetch(Variable, "project", slug, "envvar", name)

    async def set_variable(self, slug: ProjectSlug, name: str, value: str) -> Variable:
        """Create it, or replace the one of that name. Whatever CircleCI answers, no error repeats the value."""
        body = {"name": name, "value": value}
        with name_missing_project(slug):
            return (await self.send("project", slug, "envvar", body=body, secret=value)).parse(Variable)

    async def remove_variable(self, slug: ProjectSlug, name: str) -> bool:
        """False when it was not there."""
        return await self.delete("project", slug, "envvar", name)
