from __future__ import annotations

from bot.circleci.models import Variable
from bot.circleci.wire import Wire
from bot.domain import ProjectSlug


class Variables(Wire):
    async def variables(self, slug: ProjectSlug) -> list[Variable]:
        """The project's environment variables, masked."""
        return [variable async for variable in self.page(Variable, "project", slug, "envvar")]

    async def variable(self, slug: ProjectSlug, name: str) -> Variable:
        return await self.get(Variable, "project", slug, "envvar", name)

    async def set_variable(self, slug: ProjectSlug, name: str, value: str) -> Variable:
        """Create it, or replace the one of that name. Whatever CircleCI answers, no error repeats the value."""
        body = {"name": name, "value": value}
        return (await self.act("project", slug, "envvar", body=body, secret=value)).read(Variable)

    async def remove_variable(self, slug: ProjectSlug, name: str) -> None:
        await self.act("project", slug, "envvar", name, method="DELETE")
