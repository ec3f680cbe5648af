"""Posts and changes messages for delivery. Slack's answers become values: Sent, RetryAfter, Gone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain import Message
from bot.notify.delivery import Gone, Result, RetryAfter, Sent
from bot.slack.installations import Clients

log = structlog.get_logger(__name__)

_TRY_AGAIN_S = 5.0

_PASSING = frozenset(
    {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)
"""Errors after which the same call may succeed; every other error word of Slack is final."""


class SlackPoster:
    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._ims: dict[tuple[str, str], str] = {}

    async def post(
        self, workspace: str, channel: str, message: Message, *, key: str, thread_ts: str | None, broadcast: bool
    ) -> Result:
        """A new message. `key` goes into its metadata, so that it can be found again."""
        metadata = {"event_type": "circlebot_message", "event_payload": {"key": key}}

        async def call(client: AsyncWebClient, blocks: list[Any] | None) -> AsyncSlackResponse:
            return await client.chat_postMessage(
                channel=await self._place(client, workspace, channel),
                text=message.text[:4000],
                blocks=blocks,
                thread_ts=thread_ts,
                reply_broadcast=broadcast or None,
                metadata=metadata,
                unfurl_links=False,
                unfurl_media=False,
            )

        return await self._send(workspace, message, call)

    async def update(self, workspace: str, channel: str, ts: str, message: Message) -> Result:
        async def call(client: AsyncWebClient, blocks: list[Any] | None) -> AsyncSlackResponse:
            place = await self._place(client, workspace, channel)
            return await client.chat_update(channel=place, ts=ts, text=message.text[:4000], blocks=blocks)

        return await self._send(workspace, message, call)

    async def _place(self, client: AsyncWebClient, workspace: str, channel: str) -> str:
        """A person's id stands for their DM with us; chat.update wants the DM's own id."""
        if not channel.startswith(("U", "W")):
            return channel
        if (workspace, channel) not in self._ims:
            opened = await client.conversations_open(users=channel)
            self._ims[workspace, channel] = opened["channel"]["id"]
        return self._ims[workspace, channel]

    async def _send(
        self,
        workspace: str,
        message: Message,
        call: Callable[[AsyncWebClient, list[Any] | None], Awaitable[AsyncSlackResponse]],
    ) -> Result:
        client = await self._clients.once(workspace)
        if client is None:
            return Gone("not_installed")
        result = await _settled(call(client, list(message.blocks) or None))
        if isinstance(result, Gone) and result.reason in {"invalid_blocks", "msg_blocks_too_long"}:
            log.error("blocks.refused", reason=result.reason)
            return await _settled(call(client, None))
        return result


async def _settled(calling: Awaitable[AsyncSlackResponse]) -> Result:
    try:
        answer = await calling
    except SlackApiError as error:
        return _refused(error)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        log.info("slack.unreachable", error=type(error).__name__)
        return RetryAfter(_TRY_AGAIN_S)
    return Sent(str(answer["ts"]))


def _refused(error: SlackApiError) -> Result:
    response = error.response
    reason = str(response.get("error") or response.status_code)
    if response.status_code == 429 or reason == "ratelimited":
        return RetryAfter(float(response.headers.get("Retry-After", _TRY_AGAIN_S)))
    if response.status_code >= 500 or reason in _PASSING:
        return RetryAfter(_TRY_AGAIN_S)
    return Gone(reason)
