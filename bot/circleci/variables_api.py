from __future__ import annotations

from bot.circleci.api_request import ALL, BaseApi, name_missing
from bot.circleci.models import Variable
from bot.domain import ProjectSlug
from bot.language import _
from bot.mrkdwn import as_code


class VariablesApi(BaseApi):
    async def list_variables(self, slug: ProjectSlug) -> list[Variable]:
        """The project's environment variables, masked."""
        with name_missing(as_code(str(slug))):
            return await self.list_items(Variable, "project", slug, "envvar", pages=ALL)

    async def fetch_variable(self, slug: ProjectSlug, name: str) -> Variable:
        with name_missing(_("the variable {name} of {slug}", name=as_code(name, 100), slug=as_code(str(slug)))):
            return await self.fetch(Variable, "project", slug, "envvar", name)

    async def set_variable(self, slug: ProjectSlug, name: str, value: str) -> Variable:
        """Create it, or replace the one of that name. Whatever CircleCI answers, no error repeats the value."""
        body = {"name": name, "value": value}
        with name_missing(as_code(str(slug))):
            return (await self.send("project", slug, "envvar", body=body, secret=value)).parse(Variable)

    async def remove_variable(self, slug: ProjectSlug, name: str) -> bool:
        """False when it was not there."""
        return await self.delete("project", slug, "envvar", name)
