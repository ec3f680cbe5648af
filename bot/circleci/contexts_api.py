from __future__ import annotations

from bot.circleci.api_request import ALL, Wire, naming
from bot.circleci.models import ContextName, ContextVariable
from bot.mrkdwn import code


class Contexts(Wire):
    async def contexts(self, org_slug: str) -> list[ContextName]:
        """The contexts of an organisation (`gh/acme`, `circleci/<org-id>`)."""
        query = {"owner-slug": org_slug}
        with naming(f"contexts of {code(org_slug)}"):
            return await self.listed(ContextName, "context", query=query, pages=ALL)

    async def context(self, context_id: str) -> ContextName:
        with naming("this context"):
            return await self.get(ContextName, "context", context_id)

    async def context_variables(self, context_id: str) -> list[ContextVariable]:
        """Names only: CircleCI never gives a value back."""
        path = ("context", context_id, "environment-variable")
        with naming("this context"):
            return await self.listed(ContextVariable, *path, pages=ALL)
