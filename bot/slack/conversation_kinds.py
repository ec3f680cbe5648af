"""What the place of a request is: ours, or one where people talk without us.

Slack calls every direct message D…, ours or not. A channel's name in a payload is its own where it is public, and else
says what it is ("privategroup"). Whether we are in a private one, a permalink of nothing tells: it needs no scope, and
a channel without us does not exist for it.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import TypeVar

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.command import Request
from bot.conversation import Where, is_dm, is_person
from bot.slack import slack_errors
from bot.slack.clients import Clients

log = structlog.get_logger(__name__)

_NAMELESS = {"directmessage", "privategroup"}
_GROUP = "mpdm-"
_NOTHING = "1.000000"
_FRESH_FOR = timedelta(minutes=1)
_MOST_KEPT = 10_000
Kept = TypeVar("Kept")

_NO_ANSWER = (SlackApiError, aiohttp.ClientError, TimeoutError)


class Places:
    """Remembers what it found, but not for long where we are: somebody may invite us."""

    def __init__(self, clients: Clients, *, clock: Clock) -> None:
        self._clients = clients
        self._clock = clock
        self._ours: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._known: OrderedDict[tuple[str, str], datetime] = OrderedDict()

    async def of(self, request: Request) -> Where | None:
        """None where Slack does not tell. Never raises."""
        channel, name = request.channel, request.place_name or ""
        if request.where or channel is None or is_person(channel):
            return request.where or Where.OURS
        if name and name not in _NAMELESS and not name.startswith(_GROUP):
            return Where.OPEN
        client = await self._clients.of(request.workspace)
        try:
            return await self._asked(client, request, channel, name) if client else None
        except _NO_ANSWER as error:
            log.info("place.not_known", error=slack_errors.why(error))
            return None

    async def _asked(self, client: AsyncWebClient, request: Request, channel: str, name: str) -> Where:
        if is_dm(channel):
            return Where.OURS if await self._our_own(client, request) == channel else Where.BETWEEN_OTHERS
        if await self._knows(client, request.workspace, channel):
            return Where.MEMBER if name else Where.OPEN
        return Where.BETWEEN_OTHERS if name.startswith(_GROUP) else Where.CLOSED

    async def _our_own(self, client: AsyncWebClient, request: Request) -> str:
        person = (request.workspace, request.user)
        if person not in self._ours:
            opened = await client.conversations_open(users=request.user)
            _keep(self._ours, person, str(opened["channel"]["id"]))
        return self._ours[person]

    async def _knows(self, client: AsyncWebClient, workspace: str, channel: str) -> bool:
        """Whether Slack shows us the channel; anything but its saying no counts as yes."""
        now = self._clock.now()
        if now - self._known.get((workspace, channel), datetime.min.replace(tzinfo=now.tzinfo)) < _FRESH_FOR:
            return True
        try:
            await client.chat_getPermalink(channel=channel, message_ts=_NOTHING)
        except SlackApiError as error:
            if slack_errors.said(error) == "channel_not_found":
                return False
        _keep(self._known, (workspace, channel), now)
        return True


def _keep(kept: OrderedDict[tuple[str, str], Kept], key: tuple[str, str], value: Kept) -> None:
    kept[key] = value
    if len(kept) > _MOST_KEPT:
        kept.popitem(last=False)
