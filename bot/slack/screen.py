"""Where a person reads our answers: a modal that is open, or a message that only they see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.blocks import kit
from bot.command import Reply, Request, Source, View
from bot.domain import Message
from bot.mrkdwn import cut
from bot.slack import files
from bot.slack.installations import Clients
from bot.slack.request import REPLY_FORM

log = structlog.get_logger(__name__)

_TEXT = 3000
"""Characters of fallback text; Slack advises to stay below 4,000."""


class Screen:
    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def open(self, request: Request, view: View) -> str | None:
        """Open a modal with the request's trigger_id (3 seconds, once). None when Slack no longer lets us."""
        client = await self._clients.of(request.workspace)
        if client is None or request.trigger_id is None:
            return None
        try:
            opened = await client.views_open(trigger_id=request.trigger_id, view=modal(view, request))
        except SlackApiError as error:
            log.warning("modal.not_opened", error=error.response.get("error"))
            return None
        return str(opened["view"]["id"])

    async def show(self, request: Request, reply: Reply) -> None:
        """Fill the open modal, or tell the person alone (response_url, else ephemeral, else DM); then the files."""
        client = await self._clients.of(request.workspace)
        if client is None:
            log.warning("reply.no_installation", workspace=request.workspace)
        elif request.view_id and (view := reply.view or (reply.message and _as_view(reply.message))):
            await self._fill(client, request, view)
        elif reply.message:
            await self._tell(client, request, reply.message)
        if client and reply.files and (trouble := await files.send(client, request, reply)):
            await self._tell(client, request, trouble)

    async def _fill(self, client: AsyncWebClient, request: Request, view: View) -> None:
        try:
            await client.views_update(view_id=request.view_id, view=modal(view, request))
        except SlackApiError as error:
            log.info("modal.not_updated", error=error.response.get("error"))
            await self._tell(client, request, Message(view.title, view.blocks if not view.submit else ()))

    async def _tell(self, client: AsyncWebClient, request: Request, message: Message) -> None:
        if request.reply_to and await self._respond(client, request, message):
            return
        try:
            await _post(client, request, message)
        except SlackApiError as error:
            log.info("reply.not_in_channel", error=error.response.get("error"))
            await client.chat_postMessage(channel=request.user, text=cut(message.text, _TEXT))

    async def _respond(self, client: AsyncWebClient, request: Request, message: Message) -> bool:
        """By response_url, which works where the bot is no member; five times within half an hour."""
        hook = AsyncWebhookClient(str(request.reply_to), session=client.session, ssl=client.ssl)
        try:
            answer = await hook.send(
                text=cut(message.text, _TEXT),
                blocks=_dicts(message) or None,
                response_type="ephemeral",
                replace_original=request.ephemeral and request.source is Source.BUTTON,
            )
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("reply.url_failed", error=type(error).__name__)
            return False
        return answer.status_code == 200


async def _post(client: AsyncWebClient, request: Request, message: Message) -> None:
    place = request.channel or request.user
    text, blocks = cut(message.text, _TEXT), _dicts(message)
    if place.startswith(("D", "U", "W")):
        await client.chat_postMessage(channel=place, text=text, blocks=blocks, thread_ts=request.thread_ts)
    else:
        await client.chat_postEphemeral(
            channel=place, user=request.user, text=text, blocks=blocks, thread_ts=request.thread_ts
        )


def modal(view: View, request: Request) -> dict[str, Any]:
    """A View as Slack's JSON. The line and the channel travel in private_metadata: ids only, nothing secret."""
    metadata = {"line": view.line or request.line, "channel": request.channel}
    return {
        "type": "modal",
        "callback_id": REPLY_FORM,
        "title": kit.plain(view.title, 24),
        "close": kit.plain("Cancel" if view.submit else "Close", 24),
        **({"submit": kit.plain(view.submit, 24)} if view.submit else {}),
        "private_metadata": json.dumps(metadata)[:3000],
        "blocks": list(view.blocks)[:100],
    }


def working_view(submitted: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in a form between its submission and our answer; the title stays, so nothing jumps."""
    return {
        "type": "modal",
        "callback_id": REPLY_FORM,
        "title": submitted["title"],
        "private_metadata": submitted.get("private_metadata", ""),
        "blocks": [kit.section(":hourglass_flowing_sand: One moment…")],
    }


def _as_view(message: Message) -> View:
    return View(title="circlebot", blocks=message.blocks or [kit.section(message.text)])


def _dicts(message: Message) -> list[dict[str, Any]]:
    """Fifty blocks at most (Slack's limit for a message)."""
    return [dict(block) for block in message.blocks][:50]
