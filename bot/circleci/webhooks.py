from __future__ import annotations

from bot.circleci.models import Webhook
from bot.circleci.wire import Wire


class Webhooks(Wire):
    async def webhooks(self, project_uuid: str) -> list[Webhook]:
        """The project's outbound webhooks; `project_uuid` is Project.id."""
        query = {"scope-id": project_uuid, "scope-type": "project"}
        return [hook async for hook in self.page(Webhook, "webhook", query=query)]
