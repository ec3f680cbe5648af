"""What the place of a request is: ours, or one where people talk without us.

Slack calls every direct message D…, ours or not. A channel's name in a payload is its own where it is public, and else
says what it is ("privategroup"). Whether we are in a private one, a permalink of nothing tells: it needs no scope, and
a channel without us does not exist for it.
"""

from __future__ import annotations

from datetime import timedelta

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.command import Request
from bot.conversation import Place, PlaceKind, is_direct, is_dm, is_person
from bot.expiring_cache import ExpiringCache
from bot.slack import slack_errors
from bot.slack.clients import SlackClients
from bot.store.store import Store

log = structlog.get_logger(__name__)

_NAMELESS = {"directmessage", "privategroup"}
_GROUP = "mpdm-"
_NOTHING = "1.000000"
_FRESH_FOR = timedelta(minutes=1)
_SHARED_FOR = timedelta(minutes=5)
_MOST_KEPT = 10_000

_NO_ANSWER = (SlackApiError, aiohttp.ClientError, TimeoutError)


def is_open(name: str | None) -> bool:
    """Whether this is a public channel's own name, where Slack says any."""
    return bool(name) and name not in _NAMELESS and not str(name).startswith(_GROUP)


class SlackPlaceDirectory:
    """Remembers what it found, but not for long where we are: somebody may invite us."""

    def __init__(self, clients: SlackClients, *, store: Store, clock: Clock) -> None:
        self._clients = clients
        self._store = store
        self._external: ExpiringCache[tuple[str, str], bool | None] = ExpiringCache(_MOST_KEPT, clock.now)
        self._visible: ExpiringCache[tuple[str, str], bool] = ExpiringCache(_MOST_KEPT, clock.now)

    async def is_external(self, workspace: str, channel: str) -> bool | None:
        """Whether people of other companies read there (Slack Connect); None where Slack does not tell.

        What Slack said to any of our processes counts in all of them at once.
        """
        if is_direct(channel):
            return False
        async with self._store.begin_read() as tx:
            if await tx.shared_channels.is_known(Place(workspace, channel)):
                return True
        return await self._external.load(
            (workspace, channel), lambda: self.fetch_is_external(workspace, channel), lambda _found: _SHARED_FOR
        )

    async def fetch_is_external(self, workspace: str, channel: str) -> bool | None:
        """What Slack says of it now; asking wants a scope that may have been declined. Never raises."""
        client = await self._clients.find(workspace)
        try:
            found = (await client.conversations_info(channel=channel))["channel"] if client else None
        except _NO_ANSWER as error:
            log.info("place.not_known", error=slack_errors.format_reason(error))
            return None
        return found and bool(found.get("is_ext_shared"))

    async def find(self, request: Request) -> PlaceKind | None:
        """None where Slack does not tell. Never raises."""
        channel, name = request.channel, request.place_name or ""
        if request.place_kind or channel is None or is_person(channel):
            return request.place_kind or PlaceKind.OWN_DM
        if is_open(name):
            return PlaceKind.OPEN
        client = await self._clients.find(request.workspace)
        try:
            return await self._fetch_kind(client, request, channel, name=name) if client else None
        except _NO_ANSWER as error:
            log.info("place.not_known", error=slack_errors.format_reason(error))
            return None

    async def _fetch_kind(self, client: AsyncWebClient, request: Request, channel: str, *, name: str) -> PlaceKind:
        if is_dm(channel):
            own = await self._clients.fetch_dm_id(client, request.workspace, request.user)
            return PlaceKind.OWN_DM if own == channel else PlaceKind.OTHERS_DM
        if await self._is_visible(client, request.workspace, channel):
            return PlaceKind.MEMBER if name else PlaceKind.OPEN
        return PlaceKind.OTHERS_DM if name.startswith(_GROUP) else PlaceKind.CLOSED

    async def _is_visible(self, client: AsyncWebClient, workspace: str, channel: str) -> bool:
        """Whether Slack shows us the channel; anything but its saying no counts as yes."""
        if self._visible.get((workspace, channel)):
            return True
        try:
            await client.chat_getPermalink(channel=channel, message_ts=_NOTHING)
        except SlackApiError as error:
            if slack_errors.find_code(error) == "channel_not_found":
                return False
        return self._visible.set((workspace, channel), value=True, ttl=_FRESH_FOR)
