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
from bot.conversation import PlaceKind, is_dm, is_person
from bot.slack import slack_errors
from bot.slack.clients import SlackClients

log = structlog.get_logger(__name__)

_NAMELESS = {"directmessage", "privategroup"}
_GROUP = "mpdm-"
_NOTHING = "1.000000"
_FRESH_FOR = timedelta(minutes=1)
_MOST_KEPT = 10_000
Kept = TypeVar("Kept")

_NO_ANSWER = (SlackApiError, aiohttp.ClientError, TimeoutError)


class SlackPlaceDirectory:
    """Remembers what it found, but not for long where we are: somebody may invite us."""

    def __init__(self, clients: SlackClients, *, clock: Clock) -> None:
        self._clients = clients
        self._clock = clock
        self._own_dms: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._visible_at: OrderedDict[tuple[str, str], datetime] = OrderedDict()

    async def find(self, request: Request) -> PlaceKind | None:
        """None where Slack does not tell. Never raises."""
        channel, name = request.channel, request.place_name or ""
        if request.place_kind or channel is None or is_person(channel):
            return request.place_kind or PlaceKind.OWN_DM
        if name and name not in _NAMELESS and not name.startswith(_GROUP):
            return PlaceKind.OPEN
        client = await self._clients.find(request.workspace)
        try:
            return await self._fetch_kind(client, request, channel, name) if client else None
        except _NO_ANSWER as error:
            log.info("place.not_known", error=slack_errors.format_reason(error))
            return None

    async def _fetch_kind(self, client: AsyncWebClient, request: Request, channel: str, name: str) -> PlaceKind:
        if is_dm(channel):
            return PlaceKind.OWN_DM if await self._fetch_own_dm(client, request) == channel else PlaceKind.OTHERS_DM
        if await self._is_visible(client, request.workspace, channel):
            return PlaceKind.MEMBER if name else PlaceKind.OPEN
        return PlaceKind.OTHERS_DM if name.startswith(_GROUP) else PlaceKind.CLOSED

    async def _fetch_own_dm(self, client: AsyncWebClient, request: Request) -> str:
        person = (request.workspace, request.user)
        if person not in self._own_dms:
            opened = await client.conversations_open(users=request.user)
            _remember(self._own_dms, person, str(opened["channel"]["id"]))
        return self._own_dms[person]

    async def _is_visible(self, client: AsyncWebClient, workspace: str, channel: str) -> bool:
        """Whether Slack shows us the channel; anything but its saying no counts as yes."""
        now = self._clock.now()
        if now - self._visible_at.get((workspace, channel), datetime.min.replace(tzinfo=now.tzinfo)) < _FRESH_FOR:
            return True
        try:
            await client.chat_getPermalink(channel=channel, message_ts=_NOTHING)
        except SlackApiError as error:
            if slack_errors.find_code(error) == "channel_not_found":
                return False
        _remember(self._visible_at, (workspace, channel), now)
        return True


def _remember(kept: OrderedDict[tuple[str, str], Kept], key: tuple[str, str], value: Kept) -> None:
    kept[key] = value
    if len(kept) > _MOST_KEPT:
        kept.popitem(last=False)
