from __future__ import annotations

from bot.circleci.api_request import ALL, BaseApi, name_missing
from bot.circleci.models import ContextName, ContextVariable
from bot.language import _
from bot.mrkdwn import as_code


class ContextsApi(BaseApi):
    async def list_contexts(self, org_slug: str) -> list[ContextName]:
        """The contexts of an organisation (`gh/acme`, `circleci/<org-id>`)."""
        query = {"owner-slug": org_slug}
        missing = _(
            "CircleCI does not know contexts of {organisation}, or hides them from you.", organisation=as_code(org_slug)
        )
        with name_missing(missing):
            return await self.list_items(ContextName, "context", query=query, pages=ALL)

    async def fetch_context(self, context_id: str) -> ContextName:
        with name_missing(_("CircleCI does not know this context, or hides it from you.")):
            return await self.fetch(ContextName, "context", context_id)

    async def list_context_variables(self, context_id: str) -> list[ContextVariable]:
        """Names only: CircleCI never gives a value back."""
        path = ("context", context_id, "environment-variable")
        with name_missing(_("CircleCI does not know this context, or hides it from you.")):
            return await self.list_items(ContextVariable, *path, pages=ALL)
