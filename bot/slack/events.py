"""What Slack tells us by itself: a mention, a direct message, an opened App Home, an uninstall.

Slack may deliver an event more than once; `event_id` decides, in the store that all replicas share.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from bot.clock import Clock
from bot.dispatch.dispatcher import Dispatcher
from bot.notify.upkeep.offboarding import Departures
from bot.slack import payload_parsing
from bot.slack.app_home import Home
from bot.slack.clients import Clients
from bot.slack.payload_workspace import by_person, whose
from bot.store.store import Store

log = structlog.get_logger(__name__)

Body = Mapping[str, Any]


class Events:
    def __init__(
        self,
        *,
        dispatcher: Dispatcher,
        home: Home,
        clients: Clients,
        departures: Departures,
        store: Store,
        clock: Clock,
    ) -> None:
        self._dispatcher = dispatcher
        self._home = home
        self._clients = clients
        self._departures = departures
        self._store = store
        self._clock = clock
        self._by_type: dict[str, Callable[[Body], Awaitable[None]]] = {
            "app_mention": self._said,
            "message": self._said,
            "app_home_opened": self._home_opened,
            "app_uninstalled": self._uninstalled,
            "tokens_revoked": self._uninstalled,
        }

    async def take(self, body: Body) -> None:
        """Act on one event, once. Never raises: Slack has its answer already."""
        kind = body["event"]["type"]
        handle = self._by_type.get(kind)
        try:
            if handle and await self._first(body):
                await handle(body)
        except Exception:
            log.exception("event.failed", type=kind)

    async def _first(self, body: Body) -> bool:
        async with self._store.begin() as tx:
            return await tx.seen.first(f"slack:{body['event_id']}", self._clock.now())

    def asks(self, body: Body) -> bool:
        """Whether it is a person who asks something of us: by a mention, or in our direct messages."""
        event = body["event"]
        to_us = event["type"] == "app_mention" or (event["type"], event.get("channel_type")) == ("message", "im")
        return to_us and by_person(body)

    async def _said(self, body: Body) -> None:
        if self.asks(body):
            await self._dispatcher.dispatch(payload_parsing.said(body))

    async def _home_opened(self, body: Body) -> None:
        event = body["event"]
        if event.get("tab", "home") == "home":
            await self._home.publish(whose(body)["workspace"], event["user"])

    async def redraw_home(self, workspace: str, user: str) -> None:
        """Show this person's Home as things stand now. Never raises."""
        try:
            await self._home.publish(workspace, user)
        except Exception:
            log.exception("home.not_drawn")

    async def _uninstalled(self, body: Body) -> None:
        event, workspace = body["event"], whose(body)["workspace"]
        if event["type"] == "tokens_revoked" and not event.get("tokens", {}).get("bot"):
            return
        self._clients.forget(workspace)
        await self._departures.workspace_left(workspace)
        self._clients.forget(workspace)
