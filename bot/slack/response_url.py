"""Answers by Slack's response_url, which works where the bot is no member; five times within half an hour."""

from __future__ import annotations

from typing import Any

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

log = structlog.get_logger(__name__)


async def send(client: AsyncWebClient, url: str, said: dict[str, Any]) -> bool:
    """False where Slack does not take it (any more)."""
    hook = AsyncWebhookClient(url, session=client.session, ssl=client.ssl)
    try:
        answer = await hook.send_dict(said)
    except (aiohttp.ClientError, TimeoutError) as error:
        log.info("reply.url_failed", error=type(error).__name__)
        return False
    return answer.status_code == 200
