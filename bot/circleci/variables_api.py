from __future__ import annotations

from bot.circleci.api_request import ALL, Wire, naming
from bot.circleci.models import Variable
from bot.domain import ProjectSlug
from bot.mrkdwn import code


class Variables(Wire):
    async def variables(self, slug: ProjectSlug) -> list[Variable]:
        """The project's environment variables, masked."""
        with naming(code(str(slug))):
            return await self.listed(Variable, "project", slug, "envvar", pages=ALL)

    async def variable(self, slug: ProjectSlug, name: str) -> Variable:
        with naming(f"the variable {code(name, 100)} of {code(str(slug))}"):
            return await self.get(Variable, "project", slug, "envvar", name)

    async def set_variable(self, slug: ProjectSlug, name: str, value: str) -> Variable:
        """Create it, or replace the one of that name. Whatever CircleCI answers, no error repeats the value."""
        body = {"name": name, "value": value}
        with naming(code(str(slug))):
            return (await self.act("project", slug, "envvar", body=body, secret=value)).read(Variable)

    async def remove_variable(self, slug: ProjectSlug, name: str) -> bool:
        """False when it is not there (any more)."""
        return await self.remove("project", slug, "envvar", name)
