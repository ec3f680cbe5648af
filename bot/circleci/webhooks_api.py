from __future__ import annotations

from collections.abc import Sequence

from bot.circleci.api_request import BaseApi
from bot.circleci.models import Webhook

EVENTS = ("workflow-completed", "job-completed")
MOST_WEBHOOKS = 5
"""Of one project (docs: outbound webhooks)."""


class WebhooksApi(BaseApi):
    async def list_webhooks(self, project_uuid: str) -> list[Webhook]:
        """The project's outbound webhooks; `project_uuid` is Project.id."""
        query = {"scope-id": project_uuid, "scope-type": "project"}
        return await self.list_items(Webhook, "webhook", query=query)

    async def add_webhook(
        self, project_uuid: str, *, name: str, url: str, secret: str, events: Sequence[str] = EVENTS
    ) -> Webhook:
        """Only an organisation's admin may: Rejected (403) for others. CircleCI never says the secret again."""
        scope = {"id": project_uuid, "type": "project"}
        body = {"name": name, "url": url, "events": list(events), "verify-tls": True, "signing-secret": secret}
        return (await self.send("webhook", body=body | {"scope": scope}, secret=secret)).parse(Webhook)

    async def set_webhook(self, webhook_id: str, *, url: str, secret: str, events: Sequence[str] = EVENTS) -> Webhook:
        """Change an existing one to this."""
        body = {"url": url, "events": list(events), "verify-tls": True, "signing-secret": secret}
        return (await self.send("webhook", webhook_id, method="PUT", body=body, secret=secret)).parse(Webhook)

    async def remove_webhook(self, webhook_id: str) -> bool:
        """False when it was not there."""
        return await self.delete("webhook", webhook_id)
